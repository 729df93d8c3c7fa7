import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { attempts, jason, person, planned, startMissions } from './system.js';

const { getTask, getMission, askPerson, answerQuestion, reviewTask, retryTask, addComment, listThread } =
  missionsRequests;
const patience = { timeoutMs: 20_000 };

let missions: Awaited<ReturnType<typeof startMissions>>;
const { claim, report, attemptOn } = attempts(() => missions);
beforeAll(async () => {
  missions = await startMissions({ TASK_ATTEMPTS_MAX: '2' });
});
afterAll(() => missions.stop());

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const overdue = (id: string) =>
  missions.database.query(`UPDATE task SET deadline_at = now() - interval '2 minutes' WHERE id = '${id}'`);

describe('the wait of a task', () => {
  test('for an agent that does not end is ended: tried again with what was learned, then failed', async () => {
    const { task, by, mission } = await missions.running([planned('a')]);
    const { id } = task('a');
    const first = attemptOn(id);
    await claim(first);
    await overdue(id);
    await eventually(
      async () =>
        expect(await missions.call(getTask, { id }, by)).toMatchObject({
          state: 'waiting',
          reason: { code: 'attempt_timeout', cause: expect.stringContaining('60 minutes') },
          feedback: [expect.stringContaining('worker did not end')],
        }),
      patience,
    );
    expect(missions.events).toContainEqual({
      subject: missionsEvents.taskChanged.subject,
      payload: expect.objectContaining({
        task: expect.objectContaining({ id, state: 'waiting' }),
        from: 'running',
        why: expect.stringContaining('did not end'),
      }),
    });
    await expect(report(first)).rejects.toMatchObject({ code: 'attempt_superseded' });
    await claim(attemptOn(id, 2));
    await overdue(id);
    await eventually(
      async () =>
        expect(await missions.call(getTask, { id }, by)).toMatchObject({
          state: 'failed',
          waitsFor: 'a person to retry or cancel it',
        }),
      patience,
    );
    expect(await missions.call(getMission, { id: mission.id }, by)).toMatchObject({
      state: 'paused',
      reason: { code: 'tasks_stuck' },
    });
  });

  test('for an answer and for a review is ended with the reason', async () => {
    const { task, by, mission } = await missions.running([planned('asks'), planned('reports')]);
    await missions.call(missionsRequests.updateMission, { id: mission.id, acceptance: 'person' }, by);
    const asking = attemptOn(task('asks').id);
    const reporting = attemptOn(task('reports').id);
    await claim(asking);
    await missions.call(askPerson, { ...asking, question: 'Which?', deadlineAt: inSeconds(60) }, jason);
    await claim(reporting);
    expect(await report(reporting)).toMatchObject({
      waitsFor: 'a review by a person',
      deadlineAt: expect.any(String),
    });
    await overdue(asking.id);
    await overdue(reporting.id);
    await eventually(async () => {
      expect(await missions.call(getTask, { id: asking.id }, by)).toMatchObject({
        state: 'failed',
        reason: { code: 'question_timeout' },
      });
      expect(await missions.call(getTask, { id: reporting.id }, by)).toMatchObject({
        state: 'failed',
        reason: { code: 'review_timeout' },
      });
    }, patience);
  });

  test('goes on after an answer with the time the attempt was given, not with what is left of the question', async () => {
    const { task, by } = await missions.running([planned('a')]);
    const attempt = attemptOn(task('a').id);
    const { id } = attempt;
    await claim(attempt);
    await missions.call(askPerson, { ...attempt, question: 'Which?', deadlineAt: inSeconds(86_400) }, jason);
    const { deadlineAt } = await missions.call(answerQuestion, { id, text: 'This' }, by);
    expect(Math.abs(Date.parse(deadlineAt ?? '') - Date.parse(inSeconds(3_600)))).toBeLessThan(60_000);
  });

  test('for the merge has a deadline, also where a person reviewed the work', async () => {
    const { task, by } = await missions.running([planned('a')]);
    const attempt = attemptOn(task('a').id);
    await claim(attempt);
    expect(await report(attempt)).toMatchObject({ waitsFor: 'the merge', deadlineAt: expect.any(String) });
    const review = { id: attempt.id, attemptId: attempt.attemptId, verdict: 'accept' } as const;
    expect(await missions.call(reviewTask, review, by)).toMatchObject({
      waitsFor: 'the merge',
      deadlineAt: expect.any(String),
    });
  });

  test('does not begin again in a mission that has ended', async () => {
    const { task, by, mission } = await missions.running([planned('a')]);
    await missions.call(missionsRequests.cancelMission, { id: mission.id }, by);
    await expect(missions.call(retryTask, { id: task('a').id }, by)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
  });
});

describe('the thread', () => {
  test('names its authors, and is searched by words, names and kind', async () => {
    const { mission } = await missions.running([planned('a')]);
    const { id } = mission;
    const zoe = person('operator', newId(), 'Zoë O’Neil');
    const said = await missions.call(addComment, { id, text: 'About 100% of the widgets' }, zoe);
    expect(said.author).toEqual({ type: 'user', id: zoe.actor.id, name: 'Zoë O’Neil' });
    const found = async (filter: object) =>
      (await missions.call(listThread, { id, ...filter }, zoe)).items.map((entry) => entry.id);
    expect(await found({ search: '100% OF' })).toEqual([said.id]);
    expect(await found({ search: 'zoë' })).toEqual([said.id]);
    expect(await found({ search: '100_' })).toEqual([]);
    expect(await found({ kind: 'comment' })).toEqual([said.id]);
    const { items } = await missions.call(listThread, { id, kind: 'plan' }, zoe);
    expect(items[0]?.author).toMatchObject({ type: 'jason', name: 'Jason' });
  });
});
