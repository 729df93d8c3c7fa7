import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missionsEvents, missionsLive, missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { schemaDrift } from '@aether/persistence/data-source';
import { eventually } from '@aether/testing/eventually';
import { missionsService } from '../src/service.js';
import { jason, person, planned, startMissions } from './system.js';

const {
  createMission,
  getMission,
  listMissions,
  updateMission,
  planMission,
  proposePlan,
  refusePlan,
  approveMission,
  cancelMission,
  finishMission,
  recordSpend,
  resumeMission,
  listTasks,
  addComment,
  listThread,
  followThread,
} = missionsRequests;

let missions: Awaited<ReturnType<typeof startMissions>>;
beforeAll(async () => {
  missions = await startMissions();
});
afterAll(() => missions.stop());

const failing = (code: string) => ({ code });
const plan = { tasks: [planned('a'), planned('b', ['a'])], note: 'two steps', demo: true };

describe('a mission', () => {
  test('is put on the board with its goal, asks for a plan and says what it waits for', async () => {
    const by = person();
    const mission = await missions.call(createMission, { goal: 'Build it\nand more' }, by);
    expect(mission).toMatchObject({
      title: 'Build it',
      state: 'planning',
      waitsFor: 'a plan by Jason',
      deadlineAt: expect.any(String),
      createdBy: by.actor.id,
    });
    const { subject } = missionsEvents.planRequested;
    await eventually(() =>
      expect(missions.events).toContainEqual({
        subject,
        payload: { mission: expect.objectContaining({ id: mission.id }), comment: null, tasks: [] },
      }),
    );
  });

  test('is made once for one idempotency key', async () => {
    const by = { ...person(), idempotencyKey: newId() };
    const first = await missions.call(createMission, { goal: 'Once' }, by);
    expect((await missions.call(createMission, { goal: 'Once' }, by)).id).toBe(first.id);
    await expect(missions.call(createMission, { goal: 'Other' }, by)).rejects.toMatchObject(
      failing('idempotency_conflict'),
    );
  });

  test('may not be made by those who only look', async () => {
    await expect(missions.call(createMission, { goal: 'No' }, person('viewer'))).rejects.toMatchObject(
      failing('forbidden'),
    );
  });

  test('takes one plan by Jason, and a person approves it', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Plan me' }, by);
    await expect(missions.call(proposePlan, { id, ...plan }, by)).rejects.toMatchObject(failing('forbidden'));
    const proposed = await missions.call(proposePlan, { id, title: 'Planned', ...plan }, jason);
    expect(proposed).toMatchObject({ state: 'proposed', title: 'Planned', tasks: { waiting: 2 } });
    await expect(missions.call(proposePlan, { id, ...plan }, jason)).rejects.toMatchObject(
      failing('transition_not_allowed'),
    );
    const running = await missions.call(approveMission, { id }, by);
    expect(running).toMatchObject({ state: 'running', startedAt: expect.any(String) });
    const { items } = await missions.call(listTasks, { missionId: id }, by);
    expect(items.map(({ key, waitsFor }) => [key, waitsFor])).toEqual([
      ['b', 'a'],
      ['a', 'an agent'],
    ]);
  });

  test('gets another plan on request: what was not begun is replaced, and the wish is passed on', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Again' }, by);
    await missions.call(proposePlan, { id, ...plan }, jason);
    await missions.call(planMission, { id, comment: 'fewer' }, by);
    await eventually(() =>
      expect(missions.events).toContainEqual({
        subject: missionsEvents.planRequested.subject,
        payload: expect.objectContaining({
          mission: expect.objectContaining({ id }),
          comment: 'fewer',
          tasks: [expect.anything(), expect.anything()],
        }),
      }),
    );
    await missions.call(proposePlan, { ...plan, id, tasks: [planned('a')] }, jason);
    const { items } = await missions.call(listTasks, { missionId: id }, by);
    expect(items.map(({ key }) => key)).toEqual(['a']);
  });

  test('says why there is no plan', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Impossible' }, by);
    const reason = { code: 'plan_invalid', cause: 'No.', remedy: 'Say it in other words.' };
    expect(await missions.call(refusePlan, { id, reason }, jason)).toMatchObject({ state: 'draft', reason });
    await expect(missions.call(approveMission, { id }, by)).rejects.toMatchObject(failing('plan_empty'));
  });

  test.each([
    {
      what: 'a cycle, naming its path',
      tasks: [planned('a', ['b']), planned('b', ['a'])],
      code: 'dependency_cycle',
      words: 'a → b → a',
    },
    {
      what: 'an unknown dependency',
      tasks: [planned('a', ['zz'])],
      code: 'dependency_unknown',
      words: '"zz"',
    },
    {
      what: 'two tasks with one key',
      tasks: [planned('a'), planned('a')],
      code: 'task_key_taken',
      words: '"a"',
    },
  ])('refuses a plan with $what, and stays as it was', async ({ tasks, code, words }) => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Bad plan' }, by);
    await expect(
      missions.call(proposePlan, { id, tasks, note: '', demo: false }, jason),
    ).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
    expect(await missions.call(getMission, { id }, by)).toMatchObject({
      state: 'planning',
      tasks: { waiting: 0 },
    });
  });

  test('that is private is not there for others, and is for administrators', async () => {
    const owner = person();
    const { id } = await missions.call(createMission, { goal: 'Secret goal', visibility: 'private' }, owner);
    await expect(missions.call(getMission, { id }, person())).rejects.toMatchObject(
      failing('mission_not_found'),
    );
    await expect(missions.call(cancelMission, { id }, person())).rejects.toMatchObject(
      failing('mission_not_found'),
    );
    await expect(missions.call(addComment, { id, text: 'hm' }, person())).rejects.toMatchObject(
      failing('mission_not_found'),
    );
    const seen = await missions.call(listMissions, { search: 'secret GOAL' }, person());
    expect(seen.items).toEqual([]);
    expect(await missions.call(getMission, { id }, person('admin'))).toMatchObject({ id });
    expect((await missions.call(listMissions, { search: 'secret GOAL' }, owner)).items).toHaveLength(1);
  });

  test('is found by state, label, priority and words; "%" stands for itself', async () => {
    const by = person();
    const { id } = await missions.call(
      createMission,
      { goal: '100% sure', labels: ['odd'], plan: false },
      by,
    );
    const ids = async (filter: object) =>
      (await missions.call(listMissions, filter, by)).items.map((mission) => mission.id);
    expect(await ids({ label: 'odd' })).toEqual([id]);
    expect(await ids({ search: '0% s' })).toEqual([id]);
    expect(await ids({ search: '1%e' })).toEqual([]);
    expect(await ids({ label: 'odd', state: 'draft', priority: 'normal' })).toEqual([id]);
    expect(await ids({ label: 'odd', priority: 'urgent' })).toEqual([]);
    expect(await ids({ label: 'odd', state: 'running' })).toEqual([]);
    expect(await ids({ label: 'odd', state: ['running', 'draft'] })).toEqual([id]);
    await expect(ids({ state: [] })).rejects.toMatchObject(failing('invalid_input'));
  });

  test('keeps what work began from, once it was started', async () => {
    const { mission, by } = await missions.running([planned('a')]);
    await expect(missions.call(updateMission, { id: mission.id, goal: 'Other' }, by)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      message: expect.stringContaining('"goal"'),
    });
    const changed = await missions.call(updateMission, { id: mission.id, priority: 'urgent' }, by);
    expect(changed).toMatchObject({ priority: 'urgent', version: mission.version + 1 });
  });

  test('is cancelled with all its tasks, for good', async () => {
    const { mission, by } = await missions.running([planned('a'), planned('b')]);
    const cancelled = await missions.call(cancelMission, { id: mission.id, why: 'no need' }, by);
    expect(cancelled).toMatchObject({ state: 'cancelled', tasks: { cancelled: 2 }, deadlineAt: null });
    await expect(missions.call(cancelMission, { id: mission.id }, by)).rejects.toMatchObject(
      failing('transition_not_allowed'),
    );
  });

  test('is paused by a budget that is used up, once per key, and goes on when it is raised', async () => {
    const { mission, by } = await missions.running([planned('a')]);
    const { id } = mission;
    await missions.call(updateMission, { id, budget: { tokens: 100 } }, by);
    const spend = { ...jason, idempotencyKey: newId() };
    await missions.call(recordSpend, { id, tokens: 60, costUsd: 0.5 }, spend);
    await missions.call(recordSpend, { id, tokens: 60, costUsd: 0.5 }, spend);
    expect(await missions.call(getMission, { id }, by)).toMatchObject({
      state: 'running',
      spend: { tokens: 60 },
    });
    const paused = await missions.call(recordSpend, { id, tokens: 60, costUsd: 0 }, jason);
    expect(paused).toMatchObject({ state: 'paused', reason: { code: 'budget_reached' } });
    await expect(missions.call(resumeMission, { id }, by)).rejects.toMatchObject(
      failing('transition_not_allowed'),
    );
    await missions.call(updateMission, { id, budget: { tokens: 1_000 } }, by);
    expect(await missions.call(resumeMission, { id }, by)).toMatchObject({ state: 'running', reason: null });
  });
});

describe('a budget of minutes', () => {
  test('counts from the first start on, through pauses, and moves when it is changed', async () => {
    const { mission, by } = await missions.running([planned('a')]);
    const { id } = mission;
    const endOf = ({ startedAt }: typeof mission, minutes: number) =>
      new Date(Date.parse(startedAt ?? '') + minutes * 60_000).toISOString();
    const bounded = await missions.call(updateMission, { id, budget: { wallMinutes: 30 } }, by);
    expect(bounded.deadlineAt).toBe(endOf(mission, 30));
    await missions.call(missionsRequests.pauseMission, { id }, by);
    const resumed = await missions.call(resumeMission, { id }, by);
    expect(resumed.deadlineAt).toBe(endOf(mission, 30));
    await missions.database.query(
      `UPDATE mission SET started_at = now() - interval '31 minutes', deadline_at = now() - interval '1 minute'
       WHERE id = '${id}'`,
    );
    await eventually(
      async () =>
        expect(await missions.call(getMission, { id }, by)).toMatchObject({
          state: 'paused',
          reason: { code: 'budget_reached', cause: expect.stringContaining('30 minutes') },
        }),
      { timeoutMs: 20_000 },
    );
  });
});

describe('a deadline', () => {
  const overdue = (id: string) =>
    missions.database.query(
      `UPDATE mission SET deadline_at = now() - interval '1 minute' WHERE id = '${id}'`,
    );

  test('ends the wait for a plan, with the reason', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Slow' }, by);
    await overdue(id);
    await eventually(
      async () =>
        expect(await missions.call(getMission, { id }, by)).toMatchObject({
          state: 'draft',
          reason: { code: 'planning_timeout' },
        }),
      { timeoutMs: 20_000 },
    );
  });

  test('pauses what runs too long and cancels what nobody looks at', async () => {
    const { mission, by } = await missions.running([planned('a')]);
    const { id } = await missions.call(createMission, { goal: 'Forgotten', plan: false }, by);
    await Promise.all([overdue(mission.id), overdue(id)]);
    await eventually(
      async () => {
        expect(await missions.call(getMission, { id: mission.id }, by)).toMatchObject({ state: 'paused' });
        expect(await missions.call(getMission, { id }, by)).toMatchObject({
          state: 'cancelled',
          reason: { code: 'expired', cause: expect.stringContaining('a plan') },
        });
      },
      { timeoutMs: 20_000 },
    );
  });
});

describe('the thread of a mission', () => {
  test('tells in order, without holes, what happened and what was said, and by whom', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Talk' }, by);
    await missions.call(proposePlan, { id, ...plan }, jason);
    await Promise.all(
      Array.from({ length: 5 }, (_, index) => missions.call(addComment, { id, text: `No. ${index}` }, by)),
    );
    const { items } = await missions.call(listThread, { id }, by);
    const told = items.reverse();
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
    expect(told[0]).toMatchObject({
      kind: 'plan',
      text: 'two steps',
      author: { type: 'jason' },
      data: { demo: true },
    });
    expect(told[1]).toMatchObject({ kind: 'state', text: 'planning → proposed' });
    expect(told.filter(({ kind }) => kind === 'comment')).toHaveLength(5);
  });

  test('is followed from any place, and shown live', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Follow' }, by);
    await missions.call(addComment, { id, text: 'one' }, by);
    const first = await missions.call(followThread, { id }, by);
    const seen: string[] = [];
    const stop = missions.gateway.followLive(missionsLive.thread, id, ({ data }) => seen.push(data.text));
    await missions.gateway.flush();
    await missions.call(addComment, { id, text: 'two' }, by);
    await eventually(() => expect(seen).toEqual(['two']));
    stop();
    const next = await missions.call(followThread, { id, after: first.cursor }, by);
    expect(next.entries.map(({ data }) => data.text)).toEqual(['two']);
    await expect(missions.call(followThread, { id, after: 'x' }, by)).rejects.toMatchObject(
      failing('invalid_input'),
    );
  });
});

test('a mission whose tasks are all accepted or cancelled is finished with a report', async () => {
  const { mission, by, task } = await missions.running([planned('a'), planned('b')]);
  for (const key of ['a', 'b']) await missions.call(missionsRequests.cancelTask, { id: task(key).id }, by);
  expect(await missions.call(getMission, { id: mission.id }, by)).toMatchObject({ state: 'finishing' });
  const end = { id: mission.id, outcome: 'completed', report: '# Done' } as const;
  expect(await missions.call(finishMission, end, jason)).toMatchObject({
    state: 'completed',
    report: '# Done',
  });
});

test('the migrations make exactly the tables of the entities', async () => {
  expect(await schemaDrift({ url: missions.database.url, schema: missionsService.schema })).toEqual([]);
});
