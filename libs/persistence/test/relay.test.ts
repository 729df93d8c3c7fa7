import type { OutgoingEvent } from '@aether/messaging/events';
import type { Messaging } from '@aether/messaging/messaging';
import { eventually } from '@aether/testing/eventually';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { onEvent } from '../src/event-consumers.js';
import { add, addedDurable, published, sampleEvents, startStore, type Store } from './store.js';

describe('the relay', () => {
  let store: Store;
  beforeEach(async () => {
    store = await startStore();
  });
  afterEach(() => store.stop());

  const waiting = async () =>
    (await store.rows.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox'))[0]?.n;

  it('publishes on commit rather than by polling, in the order of the commits', async () => {
    const one = await store.instance({ relay: { pollMs: 3_600_000 } });
    one.relay.start();
    const texts = Array.from({ length: 20 }, (_, index) => String(index));
    for (const text of texts) await add(one, text);
    await eventually(async () => expect(await published(one)).toEqual(texts));
    await eventually(async () => expect(await waiting()).toBe(0));
    await expect(one.relay.lagMs()).resolves.toBe(0);
  });

  it('publishes what an instance left that died before its wake-up', async () => {
    const dead = await store.instance();
    await add(dead, 'left behind');
    const one = await store.instance({ relay: { pollMs: 50 } });
    expect(await one.relay.lagMs()).toBeGreaterThan(0);
    one.relay.start();
    await eventually(async () => expect(await published(one)).toEqual(['left behind']));
  });

  it('publishes each row once when two of them run', async () => {
    const attempts: string[] = [];
    const counted = {
      relay: { batch: 5, pollMs: 20 },
      publisher: (messaging: Messaging) => ({
        publish: async (event: OutgoingEvent) => {
          attempts.push(event.id);
          await messaging.publish(event);
        },
      }),
    };
    const [one, two] = [await store.instance(counted), await store.instance(counted)];
    await Promise.all(Array.from({ length: 60 }, (_, index) => add(index % 2 ? one : two, String(index))));
    one.relay.start();
    two.relay.start();
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(attempts).toHaveLength(60);
    expect(new Set(attempts).size).toBe(60);
    expect(await published(one)).toHaveLength(60);
  });

  it('that dies between publishing and deleting makes nobody see an event twice', async () => {
    const [reader, dying] = [
      await store.instance(),
      await store.instance({
        relay: { pollMs: 20 },
        publisher: (messaging) => ({
          publish: async (event) => {
            await messaging.publish(event);
            await store.rows.cutOff();
          },
        }),
      }),
    ];
    const seen: string[] = [];
    reader.consumers.add(
      addedDurable,
      [onEvent(sampleEvents.added, async ({ text }) => void seen.push(text))],
      { backoffMs: [50, 50, 50, 50, 50, 50, 50, 50, 50, 50] },
    );
    await add(dying, 'once');
    dying.relay.start();
    await eventually(() => expect(store.faults.length).toBeGreaterThan(0));
    await dying.relay.stop();
    await store.rows.reconnect();
    expect(await waiting()).toBe(1);

    reader.messaging.start();
    const next = await store.instance({ relay: { pollMs: 20 } });
    next.relay.start();
    await eventually(async () => expect(await waiting()).toBe(0));
    await add(next, 'the next');
    await eventually(() => expect(seen).toContain('the next'));
    expect(seen).toEqual(['once', 'the next']);
  });

  it('publishes what was committed while NATS was away, when it is back', async () => {
    const one = await store.instance({ relay: { pollMs: 50 } });
    one.relay.start();
    await store.nats.kill();
    await add(one, 'committed without a bus');
    expect(await waiting()).toBe(1);
    await store.nats.start();
    await eventually(async () => expect(await waiting()).toBe(0), { timeoutMs: 20_000 });
    await expect(published(one)).resolves.toEqual(['committed without a bus']);
  });

  it('goes on after the database was away', async () => {
    const one = await store.instance({ relay: { pollMs: 50 } });
    one.relay.start();
    await add(one, 'before');
    await eventually(async () => expect(await waiting()).toBe(0));
    await store.rows.cutOff();
    await eventually(() => expect(store.faults.length).toBeGreaterThan(0));
    await store.rows.reconnect();
    await eventually(() => add(one, 'after'));
    await eventually(async () => expect(await published(one)).toEqual(['before', 'after']));
  });
});
