import { commonFailure } from '@aether/contracts/failure';
import type { Context } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { schemaDrift } from '../src/data-source.js';
import type { Transaction } from '../src/database.js';
import { IdempotencyRow } from '../src/tables.js';
import { pruneMessagingTables } from '../src/pruning.js';
import {
  add,
  context,
  sampleEvents,
  sampleRequests,
  schema,
  startStore,
  type Instance,
  type Store,
} from './store.js';

const contract = sampleRequests.add;

describe('the database', () => {
  let store: Store;
  let one: Instance;
  let two: Instance;
  beforeAll(async () => {
    store = await startStore();
    [one, two] = [await store.instance(), await store.instance()];
  });
  beforeEach(async () => {
    await store.rows.query('TRUNCATE thing, outbox, idempotency');
  });
  afterAll(() => store.stop());

  const count = async (table: string) =>
    (await store.rows.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;
  const keyed = (idempotencyKey: string | null, more: Partial<Context> = {}): Context => ({
    ...context,
    idempotencyKey,
    ...more,
  });
  let made = 0;
  const once = (instance: Instance, text: string, as: Context) =>
    instance.database.once({ contract, input: { text }, context: as }, async ({ manager, publish }) => {
      await manager.query('INSERT INTO thing VALUES ($1)', [text]);
      await publish(sampleEvents.added, { text });
      made += 1;
      return { text, made };
    });

  it('survives a connection that breaks while nobody listens to it', async () => {
    const { driver } = one.database.source as unknown as {
      driver: { master: { connect(): Promise<{ processID: number; release(destroy: boolean): void }> } };
    };
    const client = await driver.master.connect();
    await store.rows.query('SELECT pg_terminate_backend($1)', [client.processID]);
    await eventually(async () =>
      expect(await count('pg_stat_activity WHERE pid = ' + client.processID)).toBe(0),
    );
    await new Promise((resolve) => setImmediate(resolve));
    client.release(true);
    expect(await one.database.read((manager) => manager.count(IdempotencyRow))).toBe(0);
  });

  it('has the schema that its entities describe', async () => {
    await expect(schemaDrift({ url: store.rows.url, schema })).resolves.toEqual([]);
  });

  it('keeps a row and the event that tells of it, or neither', async () => {
    await add(one, 'kept');
    const failing = one.database.transaction(context, async ({ manager, publish }) => {
      await manager.query(`INSERT INTO thing VALUES ('lost')`);
      await publish(sampleEvents.added, { text: 'lost' });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect([await count('thing'), await count('outbox')]).toEqual([1, 1]);
  });

  it('runs what waits for the commit after it, once, and not at all where nothing is committed', async () => {
    const ran: string[] = [];
    const note =
      (text: string) =>
      async ({ afterCommit, manager }: Transaction) => {
        afterCommit(() => ran.push(text));
        await manager.query('INSERT INTO thing VALUES ($1)', [text]);
        expect(ran).not.toContain(text);
        return { text, made: 0 };
      };
    await one.database.transaction(context, note('first'));
    expect(ran).toEqual(['first']);
    const failing = one.database.transaction(context, async (tx) => {
      await note('lost')(tx);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const call = { contract, input: { text: 'keyed' }, context: keyed('after-commit') };
    await one.database.once(call, note('keyed'));
    await one.database.once(call, note('repeated'));
    expect(ran).toEqual(['first', 'keyed']);
  });

  it('writes no event that does not fit its contract', async () => {
    const wrong = JSON.parse('{"text": 5}') as { text: string };
    const failing = one.database.transaction(context, async ({ manager, publish }) => {
      await manager.query(`INSERT INTO thing VALUES ('lost')`);
      await publish(sampleEvents.added, wrong);
    });
    await expect(failing).rejects.toThrow();
    expect(await count('thing')).toBe(0);
  });

  it('takes effect once for one idempotency key, however many ask at once on two instances', async () => {
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => once(index % 2 ? one : two, 'same', keyed('k'))),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect([await count('thing'), await count('outbox')]).toEqual([1, 1]);
  });

  it('refuses the key for other input, and takes it from another actor or without a key', async () => {
    await once(one, 'first', keyed('k'));
    await expect(once(two, 'second', keyed('k'))).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await once(one, 'third', keyed('k', { actor: { type: 'user', id: 'somebody else', role: 'viewer' } }));
    await once(one, 'fourth', keyed(null));
    await once(one, 'fourth', keyed(null));
    expect(await count('thing')).toBe(4);
  });

  it('forgets the key of a request that failed, so that it can be tried again', async () => {
    const failing = one.database.once({ contract, input: { text: 'x' }, context: keyed('k') }, async () => {
      throw commonFailure('forbidden');
    });
    await expect(failing).rejects.toMatchObject({ code: 'forbidden' });
    await expect(once(one, 'x', keyed('k'))).resolves.toMatchObject({ text: 'x' });
  });

  it('never stores a reply that is shown only once', async () => {
    const ask = () =>
      one.database.once(
        { contract, input: { text: 'x' }, context: keyed('k') },
        async () => ({ text: 'the secret', made: 1 }),
        { onRepeat: () => commonFailure('forbidden', { detail: 'shown before' }) },
      );
    await expect(ask()).resolves.toMatchObject({ text: 'the secret' });
    await expect(ask()).rejects.toMatchObject({ message: 'shown before' });
    expect(JSON.stringify(await one.database.read((manager) => manager.find(IdempotencyRow)))).not.toContain(
      'secret',
    );
  });

  it('says that it is unavailable while it is away, and works again when it is back', async () => {
    await add(one, 'before');
    await store.rows.cutOff();
    const lost = one.database.read((manager) => manager.query('SELECT 1'));
    await expect(lost).rejects.toMatchObject({ code: 'unavailable', retryAfterS: 2 });
    await expect(once(one, 'x', keyed('k'))).rejects.toMatchObject({ code: 'unavailable' });
    await store.rows.reconnect();
    await eventually(() => add(one, 'after'));
    expect(await count('thing')).toBe(2);
    expect(store.poolErrors.length).toBeGreaterThan(0);
  });

  it('drops what is too old to matter, and nothing else', async () => {
    await once(one, 'old', keyed('old'));
    await once(one, 'new', keyed('new'));
    await store.rows.query(`UPDATE idempotency SET created_at = now() - interval '8 days' WHERE key = 'old'`);
    await pruneMessagingTables(one.source);
    await expect(store.rows.query('SELECT key FROM idempotency')).resolves.toEqual([{ key: 'new' }]);
  });
});
