import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsEvents, modelsRequests } from '@aether/contracts/models';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { as, asService, saying, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
beforeAll(async () => {
  models = await startModels();
});
afterAll(() => models.stop());

const statusFor = async (key: string) => {
  const response = await models.ask(key, saying('hello'));
  await response.text();
  return response.status;
};

describe('a virtual key', () => {
  test('opens the endpoint, and is told to the bus without its text', async () => {
    const deploymentId = newId();
    const { id, key } = await models.call(modelsRequests.issueVirtualKey, { deploymentId });
    expect(key).toMatch(/^avk_[\w-]{43}$/);
    expect(await statusFor(key)).toBe(200);
    const { subject } = modelsEvents.virtualKeyIssued;
    await eventually(() =>
      expect(models.events).toContainEqual({ subject, payload: { virtualKeyId: id, deploymentId } }),
    );
  });

  test('is stored only as a hash', async () => {
    const { key } = await models.deployment();
    const rows = JSON.stringify(await models.database.query('SELECT * FROM virtual_key'));
    expect(rows).not.toContain(key.slice(4));
  });

  test.each(['', 'avk_', `avk_${'x'.repeat(43)}`, 'sk-something', "avk_' OR 1=1 --"])(
    'that nobody issued (%j) is refused with a hint, in the form of OpenAI',
    async (key) => {
      const response = await models.ask(key, saying('hello'));
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: {
          message: expect.stringContaining('restart the deployment'),
          type: 'authentication_error',
          param: null,
          code: 'invalid_api_key',
        },
      });
    },
  );

  test('is needed for the list of models, and not for health', async () => {
    const { key } = await models.deployment();
    const list = (authorization: string) => fetch(`${models.baseUrl}/models`, { headers: { authorization } });
    expect((await list('Bearer nothing')).status).toBe(401);
    expect(await (await list(`Bearer ${key}`)).json()).toMatchObject({
      data: [{ id: 'default' }, { id: 'aether-demo' }],
    });
    expect((await fetch(models.baseUrl.replace('/v1', '/health'))).status).toBe(200);
  });

  test('is listed while it is in force, and revoked at once by those who may', async () => {
    const { deploymentId, key } = await models.deployment();
    const list = (more: object, role: 'admin' | 'viewer' = 'admin') =>
      models.call(modelsRequests.listVirtualKeys, { deploymentId, ...more }, as(role));
    const [only] = (await list({})).items;
    expect(only).toMatchObject({ deploymentId, endsAt: null });
    const id = only?.id ?? '';
    expect(JSON.stringify(only)).not.toContain(key.slice(4));
    await expect(models.call(modelsRequests.revokeVirtualKey, { id }, as('viewer'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await statusFor(key)).toBe(200);
    const ended = await models.call(modelsRequests.revokeVirtualKey, { id }, as('admin'));
    expect(await statusFor(key)).toBe(401);
    expect((await list({})).items).toEqual([]);
    expect((await list({ ended: true })).items).toEqual([ended]);
    expect(await models.call(modelsRequests.revokeVirtualKey, { id }, as('admin'))).toEqual(ended);
    const nobody = { id: newId() };
    await expect(models.call(modelsRequests.revokeVirtualKey, nobody, as('admin'))).rejects.toMatchObject({
      code: 'virtual_key_not_found',
    });
  });

  test('that was replaced works on for a while, then ends; the new one stays', async () => {
    const { deploymentId, key } = await models.deployment();
    const { key: next } = await models.call(modelsRequests.issueVirtualKey, { deploymentId });
    expect(await statusFor(key)).toBe(200);
    await models.database.query(`UPDATE virtual_key SET expires_at = expires_at - interval '61 seconds'`);
    await eventually(async () => expect(await statusFor(key)).toBe(401));
    expect(await statusFor(next)).toBe(200);
  });

  test('is another one at each request, also under one idempotency key, and one of them stays', async () => {
    const deploymentId = newId();
    const context = { ...asService, idempotencyKey: newId() };
    const issued = await Promise.all(
      Array.from({ length: 8 }, () => models.call(modelsRequests.issueVirtualKey, { deploymentId }, context)),
    );
    expect(new Set(issued.map(({ key }) => key)).size).toBe(8);
    const lasting = await models.database.query(
      `SELECT id FROM virtual_key WHERE deployment_id = '${deploymentId}' AND expires_at IS NULL`,
    );
    expect(lasting).toHaveLength(1);
  });

  test('stops working when its deployment is deleted, however often that is told', async () => {
    const { deploymentId, key } = await models.deployment();
    const other = await models.deployment();
    expect(await statusFor(key)).toBe(200);
    await models.deleteDeployment(deploymentId);
    await models.deleteDeployment(deploymentId);
    const { subject } = modelsEvents.virtualKeyRevoked;
    const revoked = { subject, payload: { deploymentId } };
    await eventually(async () => {
      expect(await statusFor(key)).toBe(401);
      expect(models.events.filter((event) => JSON.stringify(event) === JSON.stringify(revoked))).toHaveLength(
        1,
      );
    });
    expect(await statusFor(other.key)).toBe(200);
  });

  test('is given to services and operators only, for a deployment that has an id', async () => {
    const issue = (context = asService, deploymentId = newId()) =>
      models.call(modelsRequests.issueVirtualKey, { deploymentId }, context);
    await expect(issue(as('viewer'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(issue(as(null))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(issue(asService, 'first')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
