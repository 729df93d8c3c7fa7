import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { schemaDrift } from '@aether/persistence/data-source';
import { FakeGateway, type TurnStep } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { openclawBridgeService } from '../src/service.js';
import { person, shownText, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
let chat: Chat;

const as = (role: 'viewer' | 'operator', more: Partial<Context> = {}): Partial<Context> => ({
  actor: { type: 'user', id: person, role },
  ...more,
});

beforeAll(async () => {
  [bridge, gateway] = await Promise.all([startBridgeUnderTest({ RESUME_MAX_S: '3' }), FakeGateway.start()]);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});
afterEach(() => {
  gateway.turns.repeatTerminal = false;
});

/** Plays steps, each when the test lets it. */
function byHand() {
  const waiting: (() => void)[] = [];
  let open = 0;
  const step = () =>
    new Promise<void>((resolve) => {
      if (open > 0) {
        open -= 1;
        resolve();
      } else waiting.push(resolve);
    });
  return {
    next: () => {
      const resolve = waiting.shift();
      if (resolve) resolve();
      else open += 1;
    },
    play: (steps: readonly TurnStep[]) =>
      async function* () {
        for (const each of steps) {
          await step();
          yield each;
        }
        await step();
      },
  };
}

function* hello() {
  for (const text of ['Hello', ' from', ' the', ' agent.']) yield { text };
}

describe('a chat', () => {
  test('streams its reply and stores each message once', async () => {
    gateway.turns.script = hello;
    chat = await bridge.chatWith(gateway.url, gateway.token);
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'hi');
    const reply = await bridge.reply(chat.id, sent);
    expect(reply).toMatchObject({ state: 'complete', text: 'Hello from the agent.', seq: 2 });
    expect(screen.text()).toBe('Hello from the agent.');
    const frames = screen.frames.map(({ kind }) => kind);
    expect(frames).toContain('status');
    expect(frames).toContain('delta');
    expect((await bridge.messages(chat.id)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('works in the directory a service names, by the id it gives, and tells what was used', async () => {
    gateway.turns.script = hello;
    const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
    const { deploymentId } = chat;
    const input = { deploymentId, directory: tmpdir() };
    await expect(bridge.call(openclawRequests.createChat, input, as('operator'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    const own = await bridge.call(openclawRequests.createChat, input, service);
    const messageId = newId();
    const sent = await bridge.call(
      openclawRequests.sendMessage,
      { id: own.id, text: 'work there', messageId },
      service,
    );
    expect(sent.id).toBe(messageId);
    await bridge.reply(own.id, sent);
    const created = gateway.callsOf('sessions.create').at(-1);
    expect(created).toMatchObject({ cwd: tmpdir(), agentId: own.agentId });
    expect(gateway.callsOf('chat.send').at(-1)).toMatchObject({ idempotencyKey: messageId });
    await expect(bridge.call(openclawRequests.getChatUsage, { id: own.id }, service)).resolves.toMatchObject({
      costUsd: 0,
    });
  });

  test('refuses to let an agent work elsewhere when its directory is not there', async () => {
    const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
    const before = gateway.callsOf('chat.send').length;
    const own = await bridge.call(
      openclawRequests.createChat,
      { deploymentId: chat.deploymentId, directory: '/nowhere/at/all' },
      service,
    );
    const sent = await bridge.call(openclawRequests.sendMessage, { id: own.id, text: 'work' }, service);
    const reply = await bridge.reply(own.id, sent);
    expect(reply).toMatchObject({ state: 'failed', reason: { code: 'directory_refused' } });
    expect(gateway.callsOf('chat.send')).toHaveLength(before);
  });

  test('answers a repeated request with the first message and runs one turn', async () => {
    const before = gateway.callsOf('chat.send').length;
    const context = as('operator', { idempotencyKey: randomUUID() });
    const input = { id: chat.id, text: 'once' };
    const [first, second] = await Promise.all([
      bridge.call(openclawRequests.sendMessage, input, context),
      bridge.call(openclawRequests.sendMessage, input, context),
    ]);
    expect(second).toEqual(first);
    await bridge.reply(chat.id, first);
    expect(gateway.callsOf('chat.send')).toHaveLength(before + 1);
    await expect(
      bridge.call(openclawRequests.sendMessage, { id: chat.id, text: 'other' }, context),
    ).rejects.toMatchObject({ code: 'idempotency_conflict' });
  });

  test('refuses a second message while the first is answered', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'slow' }]);
    const sent = await bridge.send(chat.id, 'first');
    await expect(bridge.send(chat.id, 'second')).rejects.toMatchObject({ code: 'turn_running' });
    hand.next();
    hand.next();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ text: 'slow' });
  });

  test('ends a turn once, whatever the gateway repeats', async () => {
    gateway.turns.script = hello;
    gateway.turns.repeatTerminal = true;
    const first = await bridge.send(chat.id, 'one');
    await bridge.reply(chat.id, first);
    gateway.turns.script = function* () {
      yield { error: 'the model is away' };
    };
    const failing = await bridge.send(chat.id, 'two');
    expect(await bridge.reply(chat.id, failing)).toMatchObject({
      state: 'failed',
      reason: { code: 'agent_failed', cause: expect.stringContaining('the model is away') as unknown },
    });
    gateway.turns.script = hello;
    const third = await bridge.send(chat.id, 'three');
    expect(await bridge.reply(chat.id, third)).toMatchObject({
      state: 'complete',
      text: 'Hello from the agent.',
    });
  });

  test('shows tool calls with their results', async () => {
    gateway.turns.script = function* () {
      yield { tool: { name: 'exec', args: { command: 'ls' }, result: 'README.md' } };
      yield { text: 'One file.' };
    };
    const sent = await bridge.send(chat.id, 'list');
    const reply = await bridge.reply(chat.id, sent);
    expect(reply.toolCalls).toEqual([
      expect.objectContaining({ name: 'exec', args: { command: 'ls' }, result: 'README.md', isError: false }),
    ]);
  });

  test('keeps what had come when it is aborted', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'half of ' }, { text: 'it' }]);
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'long');
    hand.next();
    await eventually(() => expect(screen.text()).toBe('half of '));
    expect(await bridge.call(openclawRequests.abortTurn, { id: chat.id }, as('operator'))).toEqual({
      aborted: true,
    });
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'aborted', text: 'half of ' });
    expect(await bridge.call(openclawRequests.abortTurn, { id: chat.id }, as('operator'))).toEqual({
      aborted: false,
    });
  });
});

describe('a lost connection', () => {
  test('in the middle of a reply leaves every message once and the whole text', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'before ' }, { text: 'between ' }, { text: 'after' }]);
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sends = gateway.callsOf('chat.send').length;
    const sent = await bridge.send(chat.id, 'go on');
    hand.next();
    await eventually(() => expect(screen.text()).toBe('before '));
    gateway.dropAll();
    hand.next();
    await eventually(() => expect(gateway.connected).toHaveLength(1));
    await eventually(() => expect(screen.text()).toBe('before between '));
    hand.next();
    hand.next();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'complete',
      text: 'before between after',
    });
    expect(gateway.callsOf('chat.send')).toHaveLength(sends + 1);
    await eventually(() => expect(screen.text()).toBe('before between after'));
  });

  test('with frames missing in between is mended from the history', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'one ' }, { text: 'two ' }, { text: 'three' }]);
    const sent = await bridge.send(chat.id, 'count');
    hand.next();
    hand.next();
    gateway.loseEvents(3);
    hand.next();
    hand.next();
    // The end itself was lost: the next numbered frame shows the gap.
    await eventually(() => {
      gateway.emit('tick', { ts: Date.now() });
      return bridge.messages(chat.id).then((all) => expect(all.at(-1)?.state).toBe('complete'));
    });
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'one two three' });
  });

  test('before the message arrived has it sent again, once', async () => {
    gateway.turns.script = hello;
    await gateway.crash();
    const sent = await bridge.send(chat.id, 'are you there');
    expect((await bridge.messages(chat.id)).at(-1)?.state).toBe('queued');
    await gateway.resume();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'complete',
      text: 'Hello from the agent.',
    });
    const texts = gateway.callsOf('chat.send').map((params) => (params as { message: string }).message);
    expect(texts.filter((text) => text === 'are you there')).toHaveLength(1);
  });

  test('after which the gateway never goes on ends the turn with a reason', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'lost' }]);
    const sent = await bridge.send(chat.id, 'and then');
    await eventually(() => expect(gateway.callsOf('chat.history').length).toBeGreaterThan(0));
    await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.state).toBe('sent'));
    await gateway.crash();
    await gateway.resume();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'failed',
      reason: { code: 'turn_lost' },
    });
  });

  test('of the database does not lose the end of a turn', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'kept' }]);
    const sent = await bridge.send(chat.id, 'write it down');
    await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.state).toBe('sent'));
    const reconnect = await bridge.cutDatabase();
    hand.next();
    hand.next();
    await expect(bridge.messages(chat.id)).rejects.toMatchObject({ code: 'unavailable' });
    await reconnect();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'kept' });
  });
});

describe('a reader who comes back', () => {
  test('is told what is missing, by position, and nothing twice', async () => {
    const hand = byHand();
    gateway.turns.script = hand.play([{ text: 'seen ' }, { text: 'unseen' }]);
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'read');
    hand.next();
    await eventually(() => expect(screen.text()).toBe('seen '));
    const after = `${sent.seq + 1}:3`;
    const page = await bridge.call(openclawRequests.followChat, { id: chat.id, after });
    expect(page.entries.map(({ data }) => data)).toEqual([
      expect.objectContaining({ kind: 'delta', offset: 3, delta: 'n ' }),
    ]);
    hand.next();
    hand.next();
    await bridge.reply(chat.id, sent);
    const rest = await bridge.call(openclawRequests.followChat, { id: chat.id, after });
    expect(shownText(rest.entries.map(({ data }) => data))).toBe('seen unseen');
    const all = await bridge.call(openclawRequests.followChat, { id: chat.id });
    expect(all.entries).toHaveLength(sent.seq + 1);
  });

  test('with a cursor that was never given is told so', async () => {
    await expect(bridge.call(openclawRequests.followChat, { id: chat.id, after: 'x' })).rejects.toMatchObject(
      {
        code: 'invalid_input',
      },
    );
  });
});

describe('who may do what', () => {
  test('a viewer reads and changes nothing', async () => {
    await expect(
      bridge.call(openclawRequests.sendMessage, { id: chat.id, text: 'x' }, as('viewer')),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      bridge.call(openclawRequests.deleteChat, { id: chat.id }, as('viewer')),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      bridge.call(openclawRequests.createChat, { deploymentId: chat.deploymentId }, as('viewer')),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('what is absent is said to be absent', async () => {
    const id = randomUUID();
    const absent = { code: 'chat_not_found' };
    await expect(bridge.call(openclawRequests.getChat, { id })).rejects.toMatchObject(absent);
    await expect(bridge.call(openclawRequests.listMessages, { id })).rejects.toMatchObject(absent);
    await expect(bridge.send(id, 'x')).rejects.toMatchObject(absent);
    await expect(
      bridge.call(openclawRequests.createChat, { deploymentId: id }, as('operator')),
    ).rejects.toMatchObject({
      code: 'connection_not_found',
    });
    await expect(
      bridge.call(
        openclawRequests.createChat,
        { deploymentId: chat.deploymentId, agentId: 'nobody' },
        as('operator'),
      ),
    ).rejects.toMatchObject({ code: 'agent_not_found' });
  });

  test('a deleted chat is gone here and at the gateway', async () => {
    await bridge.call(openclawRequests.deleteChat, { id: chat.id }, as('operator'));
    await expect(bridge.call(openclawRequests.getChat, { id: chat.id })).rejects.toMatchObject({
      code: 'chat_not_found',
    });
    expect(gateway.callsOf('sessions.delete')).toEqual([{ key: `agent:main:aether-${chat.id}` }]);
  });
});

test('the entities tell the same as the migrated schema', async () => {
  const drift = await schemaDrift({
    url: bridge.environment.DATABASE_URL ?? '',
    schema: openclawBridgeService.schema,
  });
  expect(drift).toEqual([]);
});
