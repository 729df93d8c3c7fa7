import { commonFailure, failure } from '@aether/contracts/failure';
import { operationsRequests } from '@aether/contracts/operations';
import { newId } from '@aether/messaging/id';
import type { OutgoingEvent } from '@aether/messaging/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually } from '@aether/testing/eventually';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { onEvent } from '../src/event-consumers.js';
import { addedDurable, context, sampleEvents, startStore, type Instance, type Store } from './store.js';

const operations = operationsRequests('sample');
const event = (text: unknown): OutgoingEvent => ({
  id: newId(),
  subject: sampleEvents.added.subject,
  headers: {},
  payload: { text },
});

describe('event consumers', () => {
  let store: Store;
  beforeEach(async () => {
    store = await startStore();
  });
  afterEach(() => store.stop());

  const things = async () =>
    (await store.rows.query<{ text: string }>('SELECT text FROM thing ORDER BY text')).map(
      ({ text }) => text,
    );

  /** Keeps what it hears, unless `isBroken` says that it fails. */
  const listen = async (isBroken: () => boolean = () => false) => {
    const instance = await store.instance();
    instance.consumers.add(
      addedDurable,
      [
        onEvent(sampleEvents.added, async ({ text }, { manager }) => {
          await manager.query('INSERT INTO thing VALUES ($1)', [text]);
          if (isBroken()) throw new Error('the handler is broken');
        }),
      ],
      { backoffMs: [10], giveUpRetryMs: 100 },
    );
    instance.messaging.start();
    return instance;
  };

  const deadLetters = (instance: Instance) => {
    const handlers = instance.consumers.deadLetterHandlers();
    const { listDeadLetters, replayDeadLetter } = operations;
    return {
      list: async () =>
        handlers.listDeadLetters(
          { limit: 50 },
          { ...context, fail: (code, fields) => failure(listDeadLetters, code, fields) },
        ),
      replay: async (id: string) =>
        handlers.replayDeadLetter(
          { id },
          { ...context, fail: (code, fields) => failure(replayDeadLetter, code, fields) },
        ),
    };
  };

  it('take effect once of one event that is delivered three times at once to two instances', async () => {
    const publisher = await store.instance();
    // The stream drops repeats by itself for some minutes; here it is made to forget at once.
    const connection = await connect({
      servers: store.nats.url,
      user: 'test',
      pass: store.nats.passwordOf('test'),
    });
    const manager = await jetstreamManager(connection);
    await manager.streams.update('EVT_SAMPLE', { duplicate_window: 100_000_000 });
    const one = event('thrice');
    await eventually(async () => {
      await publisher.messaging.publish(one);
      expect((await publisher.messaging.streamRange('sample'))?.lastSeq).toBe(3);
    });
    const [first] = await Promise.all([listen(), listen()]);
    await eventually(async () => {
      const { ack_floor } = await manager.consumers.info('EVT_SAMPLE', addedDurable.name);
      expect(ack_floor.stream_seq).toBe(3);
    });
    expect(await things()).toEqual(['thrice']);
    await expect(deadLetters(first).list()).resolves.toMatchObject({ items: [] });
    await connection.close();
  });

  it('leave no trace of an attempt that failed', async () => {
    let failures = 1;
    const instance = await listen(() => failures-- > 0);
    await instance.messaging.publish(event('second try'));
    await eventually(async () => expect(await things()).toEqual(['second try']));
  });

  it('keep an event they gave up on until somebody replays it, and handle it once', async () => {
    let broken = true;
    const instance = await listen(() => broken);
    const { list, replay } = deadLetters(instance);
    const poison = event('poison');
    await instance.messaging.publish(poison);
    const [letter] = await eventually(async () => {
      const { items } = await list();
      expect(items).toHaveLength(1);
      return items;
    });
    expect(letter).toMatchObject({
      eventId: poison.id,
      subject: poison.subject,
      handler: addedDurable.name,
      error: 'the handler is broken',
      attempts: 2,
      replayedAt: null,
    });
    expect(await things()).toEqual([]);
    const id = letter?.id ?? '';
    await expect(replay(id)).rejects.toMatchObject({
      code: 'dead_letter_failed_again',
      message: 'the handler is broken',
    });
    broken = false;
    expect((await replay(id)).replayedAt).not.toBeNull();
    await replay(id);
    expect(await things()).toEqual(['poison']);
    await expect(replay(newId())).rejects.toMatchObject({ code: 'dead_letter_not_found' });
  });

  it('bury an event nobody can read at once, with what is wrong', async () => {
    const instance = await listen();
    await instance.messaging.publish(event(5));
    await eventually(async () =>
      expect(await deadLetters(instance).list()).toMatchObject({
        items: [{ attempts: 1, error: expect.stringContaining('does not fit its contract') }],
      }),
    );
  });

  it('lose nothing while the database is away for longer than all attempts', async () => {
    const instance = await listen();
    await store.rows.cutOff();
    await instance.messaging.publish(event('patient'));
    // The last attempt, and then the dead letter, which cannot be written either.
    const { code } = commonFailure('unavailable');
    const refused = () => store.faults.filter((fault) => (fault as { code?: string }).code === code);
    await eventually(() => expect(refused().length).toBeGreaterThan(1), { timeoutMs: 30_000 });
    await store.rows.reconnect();
    await eventually(async () => expect(await things()).toEqual(['patient']), { timeoutMs: 45_000 });
    expect((await deadLetters(instance).list()).items).toEqual([]);
  });

  it('stop the boot when one of their events has no handler', async () => {
    const { consumers } = await store.instance();
    expect(() => consumers.add(addedDurable, [])).toThrow(
      'durable "reader-added" has no handler for "evt.sample.added.v1"',
    );
  });
});
