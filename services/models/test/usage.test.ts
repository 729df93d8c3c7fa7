import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsRequests } from '@aether/contracts/models';
import { newId } from '@aether/messaging/id';
import { schemaDrift } from '@aether/persistence/data-source';
import { eventually } from '@aether/testing/eventually';
import { runDirectory } from '@aether/testing/run-directory';
import { modelsService } from '../src/service.js';
import { as, saying, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
beforeAll(async () => {
  const folder = await mkdtemp(join(runDirectory(), 'models-'));
  models = await startModels({ DEMO_DELAY_MS: '20', DATA_DIR: folder });
});
afterAll(() => models.stop());

const list = (query: { limit?: number; cursor?: string; deploymentId?: string }, context = as('viewer')) =>
  models.call(modelsRequests.listUsage, query, context);

describe('the usage ledger', () => {
  test('has tables that equal the entities', async () => {
    expect(await schemaDrift({ url: models.database.url, schema: modelsService.schema })).toEqual([]);
  });

  test('is read newest first, page by page, of one deployment or of all', async () => {
    const { deploymentId, key } = await models.deployment();
    const other = await models.deployment();
    for (const text of ['one', 'two', 'three']) await (await models.ask(key, saying(text))).text();
    await (await models.ask(other.key, saying('four'))).text();
    await eventually(async () => expect((await list({ deploymentId })).items).toHaveLength(3));
    const first = await list({ deploymentId, limit: 2 });
    const second = await list({ deploymentId, limit: 2, cursor: first.nextCursor ?? '' });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(ids).toHaveLength(3);
    expect(second.nextCursor).toBeNull();
    expect((await list({ deploymentId: newId() })).items).toEqual([]);
    await eventually(async () =>
      expect((await list({})).items.map((item) => item.deploymentId)).toContain(other.deploymentId),
    );
  });

  test('is closed to callers without a role, and refuses what is not a query', async () => {
    await expect(list({}, as(null))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(list({ deploymentId: 'first' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(list({ cursor: 'made-up' })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is checked for all chats at once, and says where there is nothing to check', async () => {
    const check = (of: { chatId?: string; deploymentId?: string }) =>
      models.call(modelsRequests.checkUsage, of, as('operator'));
    expect(await check({})).toEqual({ checked: 0, left: 0 });
    for (const unknown of [{ chatId: newId() }, { deploymentId: newId() }])
      await expect(check(unknown)).rejects.toMatchObject({ code: 'usage_check_not_found' });
    await expect(models.call(modelsRequests.checkUsage, {}, as('viewer'))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('catches up after an outage of the database, which breaks no stream and refuses no known key', async () => {
    const { deploymentId, key } = await models.deployment();
    const running = await models.ask(key, saying('count to 5', { stream: true }));
    await models.database.cutOff();
    const text = await running.text();
    const second = await (await models.ask(key, saying('hello'))).text();
    const stranger = await models.ask(`avk_${'x'.repeat(43)}`, saying('hello'));
    await models.database.reconnect();

    expect(text).toMatch(/\[DONE\]\n\n$/);
    expect(second).toContain('Demo model');
    expect(stranger.status).toBe(503);
    await eventually(async () => expect((await list({ deploymentId })).items).toHaveLength(2));
  });

  test('loses nothing when the process ends while the database is away', async () => {
    const { deploymentId, key } = await models.deployment();
    await (await models.ask(key, saying('hello'))).text();
    await models.usageOf(deploymentId);
    await models.database.cutOff();
    await (await models.ask(key, saying('count to 3'))).text();
    await models.stopService();
    await models.database.reconnect();
    await models.startService();
    await eventually(async () => expect((await list({ deploymentId })).items).toHaveLength(2));
  });
});
