import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { attempts, jason, person, planned, startMissions } from './system.js';

const {
  getOrganisationBudget,
  updateOrganisationBudget,
  getMission,
  recordSpend,
  resumeMission,
  pauseMission,
  approveMission,
  createMission,
  proposePlan,
} = missionsRequests;
const patience = { timeoutMs: 20_000 };

let missions: Awaited<ReturnType<typeof startMissions>>;
const { claim, report, attemptOn } = attempts(() => missions);
const admin = person('admin');
beforeAll(async () => {
  missions = await startMissions();
});
afterAll(() => missions.stop());
afterEach(async () => {
  const none = { tokens: null, costUsd: null, agentMinutes: null, attempts: null };
  await missions.call(updateOrganisationBudget, none, admin);
});

const budget = () => missions.call(getOrganisationBudget, {}, admin);
const isNow = (id: string, state: object) =>
  eventually(
    async () => expect(await missions.call(getMission, { id }, admin)).toMatchObject(state),
    patience,
  );

describe('the budget of the organisation', () => {
  test('adds up what all missions use in a month, each amount once', async () => {
    const before = await budget();
    expect(before).toMatchObject({ month: new Date().toISOString().slice(0, 7), reached: null });
    const [one, two] = await Promise.all([
      missions.running([planned('a')]),
      missions.running([planned('a')]),
    ]);
    const once = { ...jason, idempotencyKey: newId() };
    for (const context of [once, once])
      await missions.call(recordSpend, { id: one.mission.id, tokens: 70, costUsd: 0.5 }, context);
    await missions.call(recordSpend, { id: two.mission.id, tokens: 30, costUsd: 0.25 }, jason);
    const attempt = attemptOn(one.task('a').id);
    await claim(attempt);
    await missions.database.query(
      `UPDATE task SET running_since = now() - interval '6 minutes' WHERE id = '${attempt.id}'`,
    );
    expect((await budget()).spend.agentMinutes - before.spend.agentMinutes).toBeCloseTo(6, 1);
    await report(attempt);
    const { spend } = await budget();
    expect(spend.tokens - before.spend.tokens).toBe(100);
    expect(spend.costUsd - before.spend.costUsd).toBeCloseTo(0.75);
    expect(spend.attempts - before.spend.attempts).toBe(1);
    expect(spend.agentMinutes - before.spend.agentMinutes).toBeCloseTo(6, 1);
  });

  test('pauses what runs when it is used up, lets nothing begin, and has it go on when it is raised', async () => {
    const { mission, task, by } = await missions.running([planned('a')]);
    const { id } = mission;
    const other = await missions.running([planned('a')]);
    await missions.call(pauseMission, { id: other.mission.id }, by);
    const { spend } = await budget();
    const tight = await missions.call(updateOrganisationBudget, { tokens: spend.tokens + 10 }, admin);
    expect(tight).toMatchObject({ reached: null, updatedBy: admin.actor.id });
    await missions.call(recordSpend, { id, tokens: 10, costUsd: 0 }, jason);
    await expect(claim(attemptOn(task('a').id))).rejects.toMatchObject({ code: 'task_not_ready' });
    await isNow(id, {
      state: 'paused',
      waitsFor: 'the budget of the organisation',
      deadlineAt: expect.any(String),
      reason: { code: 'organisation_budget_reached', cause: expect.stringContaining('tokens a month') },
    });
    await expect(missions.call(resumeMission, { id }, by)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      message: expect.stringContaining('tokens a month'),
    });
    const late = await missions.call(createMission, { goal: 'Late' }, by);
    await missions.call(proposePlan, { id: late.id, tasks: [planned('a')], note: '', demo: false }, jason);
    await expect(missions.call(approveMission, { id: late.id }, by)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
    const told = missions.events.filter(
      ({ subject }) => subject === missionsEvents.organisationBudgetReached.subject,
    );
    expect(told).toMatchObject([
      { payload: { budget: { reached: { code: 'organisation_budget_reached' } } } },
    ]);
    await missions.call(updateOrganisationBudget, { tokens: spend.tokens + 1_000 }, admin);
    await isNow(id, { state: 'running', reason: null });
    expect(await missions.call(getMission, { id: other.mission.id }, by)).toMatchObject({
      state: 'paused',
      reason: { code: 'paused' },
    });
  });

  test('is seen by those who may see usage, and changed by administrators only', async () => {
    await missions.call(getOrganisationBudget, {}, person('viewer'));
    await expect(
      missions.call(updateOrganisationBudget, { tokens: 1 }, person('operator')),
    ).rejects.toMatchObject({ code: 'forbidden' });
    for (const bounds of [{ tokens: 0 }, { costUsd: -1 }, { attempts: 1.5 }, { agentMinutes: Infinity }])
      await expect(missions.call(updateOrganisationBudget, bounds, admin)).rejects.toMatchObject({
        code: 'invalid_input',
      });
  });

  test('keeps every change that is made at the same time', async () => {
    const { version } = await budget();
    await Promise.all([
      missions.call(updateOrganisationBudget, { tokens: 1_000_000 }, admin),
      missions.call(updateOrganisationBudget, { costUsd: 1_000 }, admin),
      missions.call(updateOrganisationBudget, { attempts: 10_000 }, admin),
    ]);
    expect(await budget()).toMatchObject({
      version: version + 3,
      bounds: { tokens: 1_000_000, costUsd: 1_000, attempts: 10_000, agentMinutes: null },
    });
  });
});
