import { commonFailure } from '@aether/contracts/failure';
import { eventually } from '@aether/testing/eventually';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serviceContext, type Context } from '../src/context.js';
import type { Messaging } from '../src/messaging.js';
import type { RequestHandlers } from '../src/requests.js';
import { gate, sampleCatalog, sampleRequests, startBus, type Bus } from './bus.js';

const { echo, wait } = sampleRequests;
type Handlers = RequestHandlers<typeof sampleRequests>;

const context: Context = {
  actor: { type: 'user', id: 'u-1', role: 'operator' },
  correlationId: 'story-1',
  causationId: 'cause-1',
  idempotencyKey: 'key-1',
};

describe('requests', () => {
  let bus: Bus;
  let caller: Messaging;
  beforeEach(async () => {
    bus = await startBus();
    caller = await bus.connect('test');
  });
  afterEach(() => bus.stop());

  /** Two instances of the owner: what reaches either is passed on to `b`, which answers by itself. */
  const serveTwo = async (limits?: { concurrency: number; waitingMax: number }) => {
    for (const name of ['a', 'b']) {
      const instance = await bus.connect('test', { catalog: sampleCatalog, limits });
      const own: Handlers = {
        echo: ({ text }, { fail }) => {
          if (text === '') throw fail('nothing_to_say');
          return { text: `${name} says ${text}` };
        },
        wait: () => ({ by: name }),
      };
      instance.serve(sampleRequests, {
        ...own,
        echo: async (input, asked) =>
          (await instance.passOn('b', echo, { input, context: asked }))?.output ?? { text: 'nobody' },
        wait: async (input, asked) =>
          (await instance.passOn('gone', wait, { input, context: asked }))?.output ?? { by: 'nobody' },
      });
      instance.serveInstance(name, sampleRequests, own);
      instance.start();
      await instance.flush();
    }
  };

  it('may be passed on to one instance of their owner, which answers in its own words', async () => {
    await serveTwo();
    for (let again = 0; again < 8; again += 1) {
      await expect(caller.call(echo, { text: 'hi' }, context)).resolves.toEqual({ text: 'b says hi' });
      await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({
        code: 'nothing_to_say',
      });
    }
  });

  it('passed on to an instance that is gone were not done', async () => {
    await serveTwo();
    await expect(caller.call(wait, {}, context)).resolves.toEqual({ by: 'nobody' });
  });

  it('passed on between instances that are busy are answered all the same', async () => {
    await serveTwo({ concurrency: 1, waitingMax: 100 });
    const all = Array.from({ length: 20 }, () => caller.call(echo, { text: 'hi' }, context));
    expect(new Set((await Promise.all(all)).map(({ text }) => text))).toEqual(new Set(['b says hi']));
  });

  const serve = async (handlers: Partial<Handlers>, limits?: { concurrency: number; waitingMax: number }) => {
    const owner = await bus.connect('test', { catalog: sampleCatalog, limits });
    owner.serve(sampleRequests, {
      echo: ({ text }) => ({ text }),
      wait: () => ({ by: 'owner' }),
      ...handlers,
    });
    owner.start();
    await owner.flush();
    return owner;
  };

  it('arrive with their defaults filled in, and with who asks and because of what', async () => {
    let seen: unknown;
    await serve({
      echo: ({ text, times }, { fail: _, ...rest }) => {
        seen = rest;
        return { text: text.repeat(times) };
      },
    });
    await expect(caller.call(echo, { text: 'hi' }, context)).resolves.toEqual({ text: 'hi' });
    expect(seen).toEqual(context);
  });

  it('that do not fit the contract are not even sent', async () => {
    await expect(caller.call(echo, { text: 'x'.repeat(10_000_001) }, context)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'text' }],
    });
  });

  it('larger than the server takes are refused with the limit, larger replies fail', async () => {
    await serve({ echo: ({ text, times }) => ({ text: text.repeat(times) }) });
    const text = 'x'.repeat(9_000_000);
    await expect(caller.call(echo, { text }, context)).rejects.toMatchObject({
      code: 'payload_too_large',
      message: 'A request may have 8388608 bytes.',
    });
    await expect(
      caller.call(echo, { text: text.slice(0, 5_000_000), times: 2 }, context),
    ).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it.each([
    [
      'a failure of the contract',
      { code: 'nothing_to_say', status: 422, message: 'Silence.', hint: 'Send some.' },
    ],
    ['a common failure', { code: 'forbidden', status: 403, message: 'Silence.' }],
  ])('are answered with %s as it was thrown', async (_, expected) => {
    await serve({
      echo: (_input, { fail }) => {
        throw fail(expected.code === 'forbidden' ? 'forbidden' : 'nothing_to_say', { detail: 'Silence.' });
      },
    });
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject(expected);
    expect(bus.faults).toEqual([]);
  });

  it('keep the issues and the waiting time of a failure', async () => {
    const issues = [{ path: 'text', message: 'too quiet' }];
    await serve({
      echo: () => {
        throw commonFailure('rate_limited', { issues, retryAfterS: 7 });
      },
    });
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({ issues, retryAfterS: 7 });
  });

  it('tell the caller nothing of an unforeseen error, and the log everything, once', async () => {
    const secret = new Error('password of the database is hunter2');
    await serve({
      echo: () => {
        throw secret;
      },
    });
    const failed = caller.call(echo, { text: '' }, context);
    await expect(failed).rejects.toMatchObject({ code: 'internal', status: 500 });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') });
    expect(bus.faults).toEqual([{ error: secret, subject: echo.subject }]);
  });

  it('never pass on a reply that does not fit the contract', async () => {
    await serve({ echo: () => JSON.parse('{"text": 5}') as { text: string } });
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({ code: 'internal' });
    expect(bus.faults).toHaveLength(1);
  });

  it('end after the time the contract gives', async () => {
    const late = gate();
    await serve({
      wait: async () => {
        await late.opened;
        return { by: 'late' };
      },
    });
    await expect(caller.call(wait, {}, context)).rejects.toMatchObject({ code: 'timeout', status: 504 });
    late.open();
  });

  it('are refused at once when nobody serves them', async () => {
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The service "sample" is not running.',
    });
  });

  it('fail while NATS is away and work again when it is back', async () => {
    await serve({});
    await bus.nats.kill();
    await eventually(() => expect(caller.isConnected).toBe(false));
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The message bus is not reachable.',
    });
    await bus.nats.start();
    await eventually(async () => expect(await caller.call(wait, {}, context)).toEqual({ by: 'owner' }));
    expect(caller.isConnected).toBe(true);
  });

  it('are shared among the instances of an owner: each is handled once', async () => {
    const handled = [0, 0];
    for (const index of [0, 1])
      await serve({
        echo: ({ text }) => {
          handled[index] = (handled[index] ?? 0) + 1;
          return { text };
        },
      });
    await Promise.all(Array.from({ length: 100 }, () => caller.call(echo, { text: '' }, context)));
    expect((handled[0] ?? 0) + (handled[1] ?? 0)).toBe(100);
    expect(Math.min(...handled)).toBeGreaterThan(0);
  });

  it('are worked on a bounded number at once, wait in a bounded queue, and are then refused as overloaded', async () => {
    const hold = gate();
    let atWork = 0;
    await serve(
      {
        echo: async ({ text }) => {
          atWork += 1;
          await hold.opened;
          return { text };
        },
      },
      { concurrency: 2, waitingMax: 3 },
    );
    const failures: unknown[] = [];
    const calls = Array.from({ length: 8 }, async () => {
      await caller.call(echo, { text: '' }, context).catch((error: unknown) => failures.push(error));
    });
    await eventually(() => expect(failures).toHaveLength(3));
    expect(failures).toMatchObject(Array(3).fill({ code: 'overloaded', retryAfterS: 1 }));
    expect(atWork).toBe(2);
    hold.open();
    await Promise.all(calls);
    expect(failures).toHaveLength(3);
    expect(atWork).toBe(5);
  });

  it('that were accepted are answered before a stopping owner closes, and new ones go elsewhere', async () => {
    const hold = gate();
    let atWork = 0;
    const work = async ({ text }: { text: string }) => {
      atWork += 1;
      await hold.opened;
      return { text };
    };
    const owner = await serve({ echo: work }, { concurrency: 1, waitingMax: 10 });
    const calls = ['one', 'two', 'three'].map((text) => caller.call(echo, { text }, context));
    await eventually(() => expect(atWork).toBe(1));
    await caller.flush();
    const drained = owner.drain();
    hold.open();
    await expect(Promise.all(calls)).resolves.toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
    await drained;
    await expect(caller.call(echo, { text: 'late' }, context)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('of one subject are not served twice by one process', async () => {
    const owner = await serve({});
    const handlers: Handlers = { echo: ({ text }) => ({ text }), wait: () => ({ by: 'second' }) };
    expect(() => owner.serve(sampleRequests, handlers)).toThrow('"req.sample.echo.v1" is served twice');
  });

  it('are not served before the application has started', async () => {
    const owner = await bus.connect('test');
    owner.serve(sampleRequests, { echo: ({ text }) => ({ text }), wait: () => ({ by: 'early' }) });
    await owner.flush();
    await expect(caller.call(echo, { text: '' }, context)).rejects.toMatchObject({ code: 'unavailable' });
    owner.start();
    await owner.flush();
    await caller.call(echo, { text: '' }, context);
  });

  it('of nobody in particular come as anonymous, with a story of their own', async () => {
    let seen: Context | undefined;
    await serve({
      echo: ({ text }, received) => {
        seen = received;
        return { text };
      },
    });
    await caller.call(
      echo,
      { text: '' },
      { ...serviceContext('x'), actor: { type: 'anonymous', id: '', role: null } },
    );
    expect(seen?.actor).toEqual({ type: 'anonymous', id: 'anonymous', role: null });
  });
});
