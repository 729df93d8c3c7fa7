import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openclawRequests, type Chat, type Connection, type Message } from '@aether/contracts/openclaw';
import { FakeGateway, Refusal } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { shownText, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const { abortTurn, closeConnection, createChat, followChat, getConnection } = openclawRequests;

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
let chat: Chat;

beforeAll(async () => {
  bridge = await startBridgeUnderTest({ QUEUE_MAX_S: '4', TURN_MAX_S: '6', RESUME_MAX_S: '5' });
});
afterAll(() => bridge.stop());
beforeEach(async () => {
  gateway = await FakeGateway.start({ script: waits });
  chat = await bridge.chatWith(gateway.url, gateway.token);
});
afterEach(() => gateway.stop());

/** A turn that says nothing until it is aborted, so that the test says everything. */
async function* waits({ signal }: { signal: AbortSignal }) {
  yield { text: 'begun' };
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

const newest = async (): Promise<Message | undefined> => (await bridge.messages(chat.id)).at(-1);
const isInState = (state: Connection['state']) =>
  eventually(async () =>
    expect((await bridge.call(getConnection, { id: chat.connectionId })).state).toBe(state),
  );
const isRunning = () => eventually(async () => expect((await newest())?.text).toBe('begun'));
const sends = () => gateway.callsOf('chat.send').length;

/** An event of the chat's session as the gateway sends it. */
function tell(runId: string, event: { state: string; [more: string]: unknown }, text?: string): void {
  const message =
    text === undefined ? {} : { message: { role: 'assistant', content: [{ type: 'text', text }] } };
  gateway.emit('chat', { runId, sessionKey: `agent:main:aether-${chat.id}`, seq: 9, ...event, ...message });
}

describe('a message', () => {
  test('to a gateway that is away says what it waits for, and fails when that takes too long', async () => {
    await gateway.crash();
    await isInState('disconnected');
    const sent = await bridge.send(chat.id, 'hello');
    expect(await newest()).toMatchObject({ state: 'queued', reason: { code: 'gateway_away' } });
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'failed',
      reason: { code: 'queue_timeout' },
    });
  });

  test('that the gateway refuses fails with its words', async () => {
    gateway.override('chat.send', () => {
      throw new Refusal('INVALID_REQUEST', 'Agent "main" no longer exists in configuration');
    });
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'failed',
      reason: { code: 'agent_gone', cause: 'The gateway has no agent “main” any more.' },
    });
  });

  test('in a directory says which scope the gateway withholds for that', async () => {
    gateway.override('sessions.create', () => {
      throw new Refusal('FORBIDDEN', 'missing scope: operator.admin');
    });
    const input = { deploymentId: chat.deploymentId, directory: '/of/a/mission' };
    const service = { actor: { type: 'service' as const, id: 'orchestrator', role: null } };
    const { id } = await bridge.call(createChat, input, service);
    const sent = await bridge.call(openclawRequests.sendMessage, { id, text: 'work' }, service);
    expect(await bridge.reply(id, sent)).toMatchObject({
      state: 'failed',
      reason: { code: 'scope_missing', cause: 'The gateway withholds operator.admin.' },
    });
  });

  test('that a busy gateway turns away is sent again until it is taken', async () => {
    let busy = 2;
    gateway.override('chat.send', (params) => {
      if (busy-- > 0) throw new Refusal('UNAVAILABLE', 'The server is busy. Please try again in a moment.');
      const { idempotencyKey } = params as { idempotencyKey: string };
      setImmediate(() => tell(idempotencyKey, { state: 'final', stopReason: 'stop' }, 'here'));
      return { runId: idempotencyKey, status: 'started' };
    });
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'here' });
    expect(sends()).toBe(3);
  });
});

describe('a turn', () => {
  test('that takes too long is stopped at the gateway and fails with what it had said', async () => {
    const sent = await bridge.send(chat.id, 'think');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'failed',
      text: 'begun',
      reason: { code: 'turn_timeout' },
    });
    await eventually(() => expect(gateway.callsOf('chat.abort')).toHaveLength(1));
  });

  test('cut off by its time in the middle of a tool call is told as such, although it ends as final', async () => {
    const sent = await bridge.send(chat.id, 'use a tool');
    await isRunning();
    tell(sent.id, { state: 'final', stopReason: 'toolUse' }, 'I was about to');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'failed',
      text: 'I was about to',
      reason: { code: 'cut_in_tool' },
    });
  });

  test('whose end comes without a message is looked up', async () => {
    const sent = await bridge.send(chat.id, 'merged');
    await isRunning();
    gateway.override('chat.history', () => ({
      messages: [
        { role: 'user', content: 'merged', idempotencyKey: `${sent.id}:user` },
        { role: 'assistant', content: [{ type: 'text', text: 'in one' }], stopReason: 'stop' },
      ],
    }));
    tell(sent.id, { state: 'final', stopReason: 'stop' });
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'in one' });
  });

  test('may take back what it said, and every reader ends with the same text', async () => {
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'write');
    await isRunning();
    tell(sent.id, { state: 'delta' }, 'begun badly');
    await eventually(() => expect(screen.text()).toBe('begun badly'));
    const seen = [...screen.frames];
    tell(sent.id, { state: 'delta', replace: true }, 'begun well, and going on');
    await eventually(() => expect(screen.text()).toBe('begun well, and going on'));
    const after = `${sent.seq + 1}:${'begun badly'.length}`;
    const { entries } = await bridge.call(followChat, { id: chat.id, after });
    expect(shownText([...seen, ...entries.map(({ data }) => data)])).toBe('begun well, and going on');
  });

  test('aborted while its gateway is away is aborted when it is back', async () => {
    const sent = await bridge.send(chat.id, 'think');
    await isRunning();
    await gateway.crash();
    expect(await bridge.call(abortTurn, { id: chat.id })).toEqual({ aborted: true });
    await gateway.resume();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'aborted', text: 'begun' });
    expect(sends()).toBe(1);
  });

  test('that the gateway goes on with under another run after a crash is answered by that run', async () => {
    const sent = await bridge.send(chat.id, 'think');
    await isRunning();
    await gateway.crash();
    await isInState('disconnected');
    await gateway.resume();
    await isInState('connected');
    tell('resumed-run', { state: 'status', phase: 'starting_model' });
    tell('resumed-run', { state: 'delta' }, 'Once ');
    tell('resumed-run', { state: 'final', stopReason: 'stop' }, 'Once more.');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'Once more.' });
    expect(sends()).toBe(1);
    expect(await bridge.messages(chat.id)).toHaveLength(2);
  });

  test('that runs is let end before its connection is closed, and no other is begun meanwhile', async () => {
    const { deploymentId } = chat;
    const close = () => bridge.call(closeConnection, { deploymentId, drain: true });
    const other = await bridge.call(createChat, { deploymentId });
    const sent = await bridge.send(chat.id, 'think');
    await isRunning();
    expect(await close()).toEqual({ closed: false, running: 1 });
    await bridge.send(other.id, 'me too');
    await bridge.call(abortTurn, { id: chat.id });
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'aborted', text: 'begun' });
    expect(await close()).toEqual({ closed: true, running: 0 });
    expect(sends()).toBe(1);
    expect((await bridge.messages(other.id)).at(-1)).toMatchObject({ role: 'assistant', state: 'queued' });
  });

  test('has the tools that it used while nobody was connected', async () => {
    const sent = await bridge.send(chat.id, 'use a tool');
    await isRunning();
    gateway.override('chat.history', () => ({
      messages: [
        { role: 'user', content: 'use a tool', idempotencyKey: `${sent.id}:user` },
        {
          role: 'assistant',
          content: [{ type: 'toolCall', id: 'call_1', name: 'exec', arguments: { command: 'ls' } }],
          stopReason: 'toolUse',
        },
        { role: 'toolResult', toolCallId: 'call_1', content: [{ type: 'text', text: 'README.md' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'One file.' }], stopReason: 'stop' },
      ],
    }));
    gateway.dropAll();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'complete',
      text: 'One file.',
      toolCalls: [{ name: 'exec', args: { command: 'ls' }, result: 'README.md', isError: false }],
    });
  });
});
