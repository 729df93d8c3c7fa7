import type { Durable } from '@aether/contracts/topology';
import { eventually } from '@aether/testing/eventually';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serviceContext } from '../src/context.js';
import { readEvent, type ConsumeOptions, type ReceivedEvent } from '../src/events.js';
import { contextPairs } from '../src/headers.js';
import { newId } from '../src/id.js';
import type { Messaging } from '../src/messaging.js';
import { gate, sampleCatalog, sampleEvents, sampleLive, startBus, type Bus } from './bus.js';

const durable: Durable = { name: 'listener-said', events: [sampleEvents.said] };

describe('events', () => {
  let bus: Bus;
  let owner: Messaging;
  beforeEach(async () => {
    bus = await startBus();
    owner = await bus.connect('test', { catalog: sampleCatalog });
  });
  afterEach(() => bus.stop());

  const say = async (text: unknown, id = newId(), subject = sampleEvents.said.subject) => {
    const headers = contextPairs({ ...serviceContext('sample'), correlationId: 'story-1' });
    await owner.publish({ id, subject, headers, payload: { text } });
    return id;
  };
  const listen = async (options: Partial<ConsumeOptions>) => {
    const messaging = await bus.connect('test');
    messaging.consume({ durable, handle: async () => undefined, giveUp: async () => undefined, ...options });
    messaging.start();
    return messaging;
  };
  const keep = (into: ReceivedEvent[]) => async (event: ReceivedEvent) => void into.push(event);

  it('reach a consumer that starts after them, with their story, as the cause of what it does', async () => {
    const id = await say('hello');
    const seen: ReceivedEvent[] = [];
    await listen({ handle: keep(seen) });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatchObject({
      id,
      attempt: 1,
      payload: { text: 'hello' },
      context: {
        actor: { type: 'service', id: 'sample' },
        correlationId: 'story-1',
        causationId: id,
        idempotencyKey: null,
      },
    });
  });

  it('published twice with one id are kept once', async () => {
    const id = await say('once');
    await say('once', id);
    await expect(owner.streamRange('sample')).resolves.toMatchObject({ lastSeq: 1 });
  });

  it('that a handler failed on come again after each wait, then are given up on, and the next one is handled', async () => {
    const attempts: number[] = [];
    const buried: { event: ReceivedEvent; error: unknown }[] = [];
    const seen: ReceivedEvent[] = [];
    await listen({
      backoffMs: [10, 20],
      handle: async (event) => {
        if ((event.payload as { text: string }).text === 'good') return void seen.push(event);
        attempts.push(event.attempt);
        throw new Error('no');
      },
      giveUp: async (event, error) => void buried.push({ event, error }),
    });
    await say('bad');
    await say('good');
    await eventually(() => expect(buried).toHaveLength(1));
    expect(attempts).toEqual([1, 2, 3]);
    expect(buried[0]).toMatchObject({ event: { attempt: 3 }, error: new Error('no') });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(bus.faults).toHaveLength(1);
  });

  it('that nobody can read are given up on at once', async () => {
    const buried: ReceivedEvent[] = [];
    await listen({
      handle: async (event) => void readEvent(sampleEvents.said, event),
      giveUp: keep(buried),
    });
    await say(5);
    await eventually(() => expect(buried).toMatchObject([{ attempt: 1, payload: { text: 5 } }]));
  });

  it('are shared among the instances of a service', async () => {
    const seen: [ReceivedEvent[], ReceivedEvent[]] = [[], []];
    await Promise.all(seen.map((list) => listen({ handle: keep(list), concurrency: 1 })));
    const ids = await Promise.all(Array.from({ length: 50 }, (_, index) => say(String(index))));
    await eventually(() => expect(seen[0].length + seen[1].length).toBe(50));
    expect(new Set(seen.flat().map(({ id }) => id))).toEqual(new Set(ids));
  });

  it('are handled a bounded number at once', async () => {
    const hold = gate();
    let atWork = 0;
    let most = 0;
    let done = 0;
    await listen({
      concurrency: 3,
      handle: async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await hold.opened;
        atWork -= 1;
        done += 1;
      },
    });
    await Promise.all(Array.from({ length: 12 }, (_, index) => say(String(index))));
    await eventually(() => expect(atWork).toBe(3));
    hold.open();
    await eventually(() => expect(done).toBe(12));
    expect(most).toBe(3);
  });

  it('being handled are finished before a stopping consumer closes', async () => {
    const hold = gate();
    let finished = false;
    let started = false;
    const messaging = await listen({
      handle: async () => {
        started = true;
        await hold.opened;
        finished = true;
      },
    });
    await say('work');
    await eventually(() => expect(started).toBe(true));
    const drained = messaging.drain();
    hold.open();
    await drained;
    expect(finished).toBe(true);
    const again: ReceivedEvent[] = [];
    await listen({ handle: keep(again) });
    await say('next');
    await eventually(() => expect(again).toMatchObject([{ payload: { text: 'next' } }]));
  });

  it('let a consumer stop that was still being opened', async () => {
    const messaging = await listen({});
    await messaging.drain();
  });

  it('published while a consumer was away, and across a restart of NATS, reach it', async () => {
    const seen: ReceivedEvent[] = [];
    await listen({ handle: keep(seen) });
    await say('before');
    await eventually(() => expect(seen).toHaveLength(1));
    await bus.nats.kill();
    await bus.nats.start();
    await eventually(() => say('after'));
    await eventually(() => expect(seen.map(({ payload }) => payload)).toContainEqual({ text: 'after' }));
  });

  it('of a stream that does not exist yet are waited for without a fault', async () => {
    const fresh = await startBus();
    try {
      const consumer = await fresh.connect('test');
      const seen: ReceivedEvent[] = [];
      consumer.consume({ durable, handle: keep(seen), giveUp: async () => undefined });
      consumer.start();
      await consumer.flush();
      const late = await fresh.connect('test', { catalog: sampleCatalog });
      await late.publish({
        id: newId(),
        subject: sampleEvents.said.subject,
        headers: {},
        payload: { text: 'x' },
      });
      await eventually(() => expect(seen).toHaveLength(1));
      expect(fresh.faults).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });

  it('are read in order from a place by the edge, until it stops', async () => {
    for (const text of ['one', 'two', 'three']) await say(text);
    const stop = new AbortController();
    const texts: unknown[] = [];
    for await (const event of owner.readEvents('sample', 2, stop.signal)) {
      texts.push(event.payload);
      if (texts.length === 2) stop.abort();
    }
    expect(texts).toEqual([{ text: 'two' }, { text: 'three' }]);
    const stopped = new AbortController();
    stopped.abort();
    for await (const event of owner.readEvents('sample', 1, stopped.signal)) texts.push(event);
    expect(texts).toHaveLength(2);
  });
});

describe('live deltas', () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = await startBus();
  });
  afterEach(() => bus.stop());

  it('reach who follows the id now, and nobody after that', async () => {
    const publisher = await bus.connect('test');
    const follower = await bus.connect('test');
    const heard: string[] = [];
    const unfollow = follower.followLive(sampleLive.word, 'a', ({ text }) => void heard.push(text));
    await follower.flush();
    publisher.publishLive(sampleLive.word, 'b', { text: 'not mine' });
    publisher.publishLive(sampleLive.word, 'a', { text: 'mine' });
    await eventually(() => expect(heard).toEqual(['mine']));
    unfollow();
    await follower.flush();
    publisher.publishLive(sampleLive.word, 'a', { text: 'too late' });
    await publisher.flush();
    await follower.flush();
    expect(heard).toEqual(['mine']);
  });
});
