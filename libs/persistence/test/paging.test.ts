import { newId } from '@aether/messaging/id';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pageById } from '../src/paging.js';
import { OutboxRow } from '../src/tables.js';
import { startStore, type Instance, type Store } from './store.js';

describe('pages', () => {
  let store: Store;
  let instance: Instance;
  const ids = Array.from({ length: 7 }, newId).sort().reverse();
  beforeAll(async () => {
    store = await startStore();
    instance = await store.instance();
    await instance.database.read((manager) =>
      manager.insert(
        OutboxRow,
        ids.map((id) => ({ id, subject: 'x', headers: {}, payload: {} })),
      ),
    );
  });
  afterAll(() => store.stop());

  const page = (limit: number, cursor?: string) =>
    instance.database.read((manager) =>
      pageById(manager.createQueryBuilder(OutboxRow, 'row'), { limit, cursor }),
    );

  it.each([1, 2, 3, 6, 7, 8])('of %d give every row once, newest first', async (limit) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await page(limit, cursor);
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it.each(['', 'nonsense', `'; DROP TABLE outbox`, Buffer.from('not an id').toString('base64url')])(
    'refuse a cursor that no page gave: %j',
    async (cursor) => {
      await expect(page(2, cursor)).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'cursor' }],
      });
    },
  );
});
