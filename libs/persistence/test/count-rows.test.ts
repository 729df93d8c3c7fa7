import { newId } from '@aether/messaging/id';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countBy, countEvents } from '../src/count-rows.js';
import { DeadLetterRow, OutboxRow } from '../src/tables.js';
import { startStore, type Instance, type Store } from './store.js';

describe('counts', () => {
  let store: Store;
  let instance: Instance;
  const buried = { headers: {}, payload: {}, stream: 'EVT_SAMPLE', streamSeq: '1', handler: 'x', error: 'x' };
  const deadLetter = (replayedAt: Date | null) => ({
    ...buried,
    id: newId(),
    eventId: newId(),
    subject: 'x',
    attempts: 5,
    replayedAt,
  });

  beforeAll(async () => {
    store = await startStore();
    instance = await store.instance();
    await instance.database.read(async (manager) => {
      const subjects = ['b', 'a', 'b'];
      await manager.insert(
        OutboxRow,
        subjects.map((subject) => ({ id: newId(), subject, headers: {}, payload: {} })),
      );
      await manager.insert(DeadLetterRow, [deadLetter(null), deadLetter(new Date())]);
    });
  });
  afterAll(() => store.stop());

  it('tell how many rows have each value, and leave out values without rows', async () => {
    const counts = await instance.database.read((manager) => countBy(manager, OutboxRow, 'row.subject'));
    expect(counts).toEqual([
      { value: 'a', count: 1 },
      { value: 'b', count: 2 },
    ]);
  });

  it('tell of the outbox, and of dead letters that nobody has replayed', async () => {
    expect(await instance.database.read(countEvents)).toEqual({ outbox: 3, deadLetters: 1 });
  });
});
