import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { modelsRequests } from '@aether/contracts/models';
import { openclawRequests } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { as, saying, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
let gateway: FakeGateway;
const deploymentId = newId();

beforeAll(async () => {
  gateway = await FakeGateway.start();
  models = await startModels({}, ['auth', 'openclaw-bridge']);
  const { id: tokenSecretId } = await models.call(authRequests.storeSecret, {
    name: 'gateway token',
    value: gateway.token,
  });
  const target = { deploymentId, name: 'first', url: gateway.url, tokenSecretId };
  await models.call(openclawRequests.openConnection, target);
  await eventually(async () => {
    const { items } = await models.call(openclawRequests.listAgents, { deploymentId });
    expect(items).not.toEqual([]);
  });
});
afterAll(async () => {
  await models?.stop();
  await gateway?.stop();
});

const create = (context = as('admin'), of = deploymentId) =>
  models.call(modelsRequests.createVirtualKey, { deploymentId: of, name: 'script' }, context);
const statusFor = async (key: string) => {
  const response = await models.ask(key, saying('hello'));
  await response.text();
  return response.status;
};

describe('a key that a person asks for', () => {
  test('works beside the one of the agent, whose calls and its own are booked alike', async () => {
    const { key: ofAgent } = await models.call(modelsRequests.issueVirtualKey, { deploymentId });
    const { key, virtualKey, baseUrl } = await create();
    expect(virtualKey).toMatchObject({ deploymentId, name: 'script', endsAt: null });
    expect(baseUrl).toBe(models.baseUrl);
    expect([await statusFor(key), await statusFor(ofAgent)]).toEqual([200, 200]);
    await eventually(async () => {
      const { items } = await models.call(modelsRequests.listUsage, { deploymentId }, as('viewer'));
      expect(items).toHaveLength(2);
    });
    await models.call(modelsRequests.issueVirtualKey, { deploymentId });
    const { items } = await models.call(modelsRequests.listVirtualKeys, { deploymentId }, as('viewer'));
    expect(items.filter(({ endsAt }) => endsAt === null).map(({ name }) => name)).toEqual([null, 'script']);
    await models.call(modelsRequests.revokeVirtualKey, { id: virtualKey.id }, as('admin'));
    expect(await statusFor(key)).toBe(401);
  });

  test('is shown once, also where the request is repeated', async () => {
    const context = { ...as('admin'), idempotencyKey: newId() };
    await create(context);
    await expect(create(context)).rejects.toMatchObject({ code: 'virtual_key_already_shown' });
  });

  test('is made by those who may, for something that exists', async () => {
    await expect(create(as('operator'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(create(as(null))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(create(as('admin'), newId())).rejects.toMatchObject({ code: 'virtual_key_owner_not_found' });
  });

  test('ends with its deployment', async () => {
    const { key } = await create();
    expect(await statusFor(key)).toBe(200);
    await models.deleteDeployment(deploymentId);
    await eventually(async () => expect(await statusFor(key)).toBe(401));
  });
});
