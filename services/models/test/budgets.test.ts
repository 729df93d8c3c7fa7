import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ModelBudget } from '@aether/contracts/model-budgets';
import { missionsRequests } from '@aether/contracts/missions';
import { modelsRequests } from '@aether/contracts/models';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { startProvider } from './scripted-provider.js';
import { as, saying, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
let provider: Awaited<ReturnType<typeof startProvider>>;
let held: (() => void)[] | null = null;

beforeAll(async () => {
  provider = await startProvider(async (_asked, response) => {
    if (held) await new Promise<void>((resolve) => held?.push(resolve));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [], usage: { prompt_tokens: 60, completion_tokens: 40 } }));
  });
  const settings = {
    MODEL_PROVIDER_BASE_URL: provider.baseUrl,
    MODEL_PROVIDER_MODEL: 'big-1',
    MODEL_PROVIDER_INPUT_USD_PER_MILLION: '1000',
    MODEL_PROVIDER_OUTPUT_USD_PER_MILLION: '1000',
  };
  models = await startModels(settings, ['missions']);
});
afterAll(async () => {
  await models.stop();
  await provider.stop();
});

const hello = saying('x'.repeat(36), { max_tokens: 40 });
const budgets = async () => (await models.call(modelsRequests.listModelBudgets, {}, as('viewer'))).items;
const budgetOf = async (scopeId: string): Promise<ModelBudget> => {
  const budget = (await budgets()).find((one) => one.scopeId === scopeId);
  if (!budget) throw new Error('there is no such budget');
  return budget;
};
const setBudget = (deploymentId: string, limits: { limitUsd?: number; limitTokens?: number }) =>
  models.call(modelsRequests.setModelBudget, { deploymentId, period: 'total', ...limits }, as('admin'));
const refusal = async (response: Response) => ((await response.json()) as { error: object }).error;

describe('a budget of a deployment', () => {
  test('refuses in words of the provider what might go beyond it, before the provider is asked', async () => {
    const { key, deploymentId } = await models.deployment();
    await setBudget(deploymentId, { limitTokens: 160 });
    expect((await models.ask(key, hello)).status).toBe(200);
    await eventually(async () => expect((await budgetOf(deploymentId)).spentTokens).toBe(100));
    provider.asked.length = 0;
    const refused = await models.ask(key, { ...hello, max_tokens: 60 });
    expect(refused.status).toBe(429);
    expect(await refusal(refused)).toMatchObject({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      message: expect.stringContaining('60 of 160 tokens'),
    });
    for (const more of [{ n: 2 }, { max_completion_tokens: 1, max_tokens: 70 }, { max_output_tokens: 70 }])
      expect((await models.ask(key, { ...hello, max_tokens: 40, ...more })).status).toBe(429);
    const path = '/messages';
    const refusedHere = await models.ask(key, { ...hello, max_tokens: 60 }, { path });
    expect([refusedHere.status, await refusedHere.json()]).toEqual([
      429,
      {
        type: 'error',
        error: { type: 'billing_error', message: expect.stringContaining('60 of 160 tokens') },
      },
    ]);
    expect(provider.asked).toEqual([]);
    // Raised, it lets the same call through.
    await setBudget(deploymentId, { limitTokens: 300 });
    expect((await models.ask(key, { ...hello, max_tokens: 60 })).status).toBe(200);
  });

  test('counts dollars as well', async () => {
    const { key, deploymentId } = await models.deployment();
    await setBudget(deploymentId, { limitUsd: 0.12 });
    expect((await models.ask(key, hello)).status).toBe(200);
    await eventually(async () => expect((await budgetOf(deploymentId)).spentUsd).toBeCloseTo(0.1));
    expect((await models.ask(key, hello)).status).toBe(429);
  });

  test('is never gone beyond by calls at once', async () => {
    const { key, deploymentId } = await models.deployment();
    await setBudget(deploymentId, { limitTokens: 500 });
    held = [];
    const asking = Array.from({ length: 20 }, () => models.ask(key, { ...hello, max_tokens: 80 }));
    const answered = Promise.all(asking.map(async (response) => (await response).status));
    await eventually(() => expect(held?.length).toBeGreaterThanOrEqual(5));
    const release = held;
    held = null;
    for (const answer of release) answer();
    const statuses = await answered;
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    await eventually(async () =>
      expect(await budgetOf(deploymentId)).toMatchObject({ spentTokens: 500, reservedTokens: 0 }),
    );
  });

  test('begins with what was spent before it was set, and goes with the deployment', async () => {
    const { key, deploymentId } = await models.deployment();
    await models.ask(key, hello);
    await models.usageOf(deploymentId);
    expect(await setBudget(deploymentId, { limitTokens: 1_000 })).toMatchObject({ spentTokens: 100 });
    await models.deleteDeployment(deploymentId);
    await eventually(async () =>
      expect((await budgets()).map(({ scopeId }) => scopeId)).not.toContain(deploymentId),
    );
  });

  test('counts a call that its client left', async () => {
    const { key, deploymentId } = await models.deployment();
    await setBudget(deploymentId, { limitTokens: 1_000 });
    held = [];
    const abort = new AbortController();
    const asking = models.ask(key, hello, { signal: abort.signal }).catch(String);
    await eventually(() => expect(held).toHaveLength(1));
    expect(await budgetOf(deploymentId)).toMatchObject({ reservedTokens: expect.any(Number) });
    abort.abort();
    await asking;
    held[0]?.();
    held = null;
    await eventually(async () => {
      const { spentTokens, reservedTokens } = await budgetOf(deploymentId);
      expect(reservedTokens).toBe(0);
      expect(spentTokens).toBeGreaterThan(0);
    });
  });
});

describe('a budget of a mission', () => {
  const admin = as('admin');
  const mission = (budget: { tokens?: number }) =>
    models.call(missionsRequests.createMission, { goal: 'Tidy the house', plan: false, budget }, admin);
  const run = async (missionId: string) => {
    const task = { missionId, key: 'a', title: 'A', instructions: 'Do it.' };
    await models.call(missionsRequests.addTask, task, admin);
    await models.call(missionsRequests.approveMission, { id: missionId }, admin);
  };
  const stateOf = async (id: string) => models.call(missionsRequests.getMission, { id }, admin);
  const attributed = async (missionId: string) => {
    const { key, deploymentId } = await models.deployment();
    await models.call(modelsRequests.attributeSession, { deploymentId, session: 'attempt-1', missionId });
    return key;
  };
  const working = { session: 'attempt-1:0' };

  test('counts the calls of its sessions on every deployment, and those only', async () => {
    const { id } = await mission({ tokens: 240 });
    await eventually(() => budgetOf(id));
    const [one, other] = [await attributed(id), await attributed(id)];
    expect((await models.ask(one, hello, working)).status).toBe(200);
    expect((await models.ask(other, hello, { session: 'attempt-1:3' })).status).toBe(200);
    expect((await models.ask(other, hello, { session: 'somebody-else:0' })).status).toBe(200);
    await eventually(async () => expect((await budgetOf(id)).spentTokens).toBe(200));
    const refused = await models.ask(one, hello, working);
    expect(refused.status).toBe(429);
    expect(await refusal(refused)).toMatchObject({
      message: expect.stringContaining("The mission's budget"),
    });
    expect((await models.ask(one, hello)).status).toBe(200);
  });

  test('pauses the mission when a call is refused, until it is raised', async () => {
    const { id } = await mission({ tokens: 10 });
    await run(id);
    await eventually(() => budgetOf(id));
    const key = await attributed(id);
    expect((await models.ask(key, hello, working)).status).toBe(429);
    await eventually(async () =>
      expect(await stateOf(id)).toMatchObject({
        state: 'paused',
        reason: { code: 'budget_reached', cause: expect.stringContaining('0 of 10 tokens') },
      }),
    );
    await models.call(missionsRequests.updateMission, { id, budget: { tokens: 5_000 } }, admin);
    await models.call(missionsRequests.resumeMission, { id }, admin);
    await eventually(async () => expect((await models.ask(key, hello, working)).status).toBe(200));
    expect((await stateOf(id)).state).toBe('running');
    await models.call(missionsRequests.cancelMission, { id }, admin);
    await models.call(missionsRequests.deleteMission, { id }, admin);
    await eventually(async () => expect((await budgets()).map(({ scopeId }) => scopeId)).not.toContain(id));
  });

  test('is changed at the mission', async () => {
    const { id: scopeId } = await mission({ tokens: 10 });
    const { id } = await eventually(() => budgetOf(scopeId));
    const refused = models.call(modelsRequests.deleteModelBudget, { id }, admin);
    await expect(refused).rejects.toMatchObject({ code: 'model_budget_set_elsewhere' });
  });

  test('of the whole organisation counts every call, and pauses missions that run', async () => {
    const { id } = await mission({});
    await run(id);
    await models.call(missionsRequests.updateOrganisationBudget, { tokens: 1 }, admin);
    const { key } = await models.deployment();
    await eventually(async () => expect((await models.ask(key, hello)).status).toBe(429));
    const paused = { state: 'paused', reason: { code: 'organisation_budget_reached' } };
    await eventually(async () => expect(await stateOf(id)).toMatchObject(paused));
    await models.call(missionsRequests.updateOrganisationBudget, { tokens: null }, admin);
    await eventually(async () => expect((await models.ask(key, hello)).status).toBe(200));
    await eventually(async () => expect((await stateOf(id)).state).toBe('running'));
  });
});

test('what calls took is summed up by day, model, deployment and mission', async () => {
  const missionId = newId();
  const { key, deploymentId } = await models.deployment();
  await models.call(modelsRequests.attributeSession, { deploymentId, session: 's', missionId });
  await models.ask(key, hello, { session: 's:0' });
  await models.ask(key, hello, { session: 's:0' });
  const sum = (by: 'day' | 'model' | 'deployment' | 'mission' | 'session') =>
    models.call(modelsRequests.summariseUsage, { by, deploymentId }, as('viewer'));
  await eventually(async () => expect((await sum('day')).items[0]?.calls).toBe(2));
  const keys = await Promise.all(
    (['day', 'model', 'deployment', 'mission', 'session'] as const).map(async (by) => (await sum(by)).items),
  );
  const total = {
    calls: 2,
    inputTokens: 120,
    outputTokens: 80,
    costUsd: expect.closeTo(0.2),
    unpricedCalls: 0,
  };
  const expected = [new Date().toISOString().slice(0, 10), 'big-1', deploymentId, missionId, 's'];
  expect(keys).toEqual(expected.map((by) => [expect.objectContaining({ ...total, key: by })]));
});
