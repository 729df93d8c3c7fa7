import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { RealGateway } from '@aether/testing/real-gateway';
import { callTools, say } from '@aether/testing/scripted-model';
import { TestClient } from '@aether/testing/gateway-client';

/** One of the two gateways, and how to make its agent say something. */
interface Target {
  readonly url: string;
  readonly token: string;
  says(chunks: readonly string[], chunkDelayMs?: number): void;
  usesTool(): void;
  crash(): Promise<void>;
  stop(): Promise<void>;
}

async function startReal(): Promise<Target> {
  const gateway = await RealGateway.start();
  return {
    url: gateway.url,
    token: gateway.token,
    says: (chunks, chunkDelayMs = 0) => gateway.model.answer(() => say(chunks, { chunkDelayMs })),
    usesTool: () =>
      gateway.model.answer(({ toolResults }) =>
        toolResults.length > 0
          ? say('Done.')
          : callTools([{ name: 'exec', arguments: { command: 'echo tool output' } }]),
      ),
    crash: () => gateway.kill(),
    stop: () => gateway.stop(),
  };
}

async function startFake(): Promise<Target> {
  const gateway = await FakeGateway.start();
  return {
    url: gateway.url,
    token: gateway.token,
    says: (chunks, chunkDelayMs = 0) => {
      gateway.turns.script = async function* () {
        for (const text of chunks) {
          yield { text };
          await sleep(chunkDelayMs);
        }
      };
    },
    usesTool: () => {
      const args = { command: 'echo tool output' };
      gateway.turns.script = () => [
        { tool: { name: 'exec', args, result: 'tool output' } },
        { text: 'Done.' },
      ];
    },
    crash: () => gateway.crash(),
    stop: () => gateway.stop(),
  };
}

describe.each([
  ['the fake gateway', startFake],
  ['the real gateway', startReal],
])('%s', (_, start) => {
  let target: Target;
  const clients: TestClient[] = [];

  beforeAll(async () => {
    target = await start();
  }, 300_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.stop()));
  });
  afterAll(async () => target.stop(), 60_000);

  function connect(options: ConstructorParameters<typeof TestClient>[0] = {}): TestClient {
    const client = new TestClient({ url: target.url, token: target.token, ...options });
    clients.push(client);
    return client;
  }

  const key = () => `agent:main:${randomUUID()}`;

  test('grants a local backend the scopes that it asks for, and tells its limits', async () => {
    const hello = await connect().hello();
    expect(hello).toMatchObject({
      type: 'hello-ok',
      protocol: 4,
      server: { version: '2026.9.6', bootId: expect.any(String), connId: expect.any(String) },
      auth: { method: 'token', role: 'operator', scopes: expect.arrayContaining(['operator.admin']) },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
      snapshot: { sessionDefaults: { defaultAgentId: 'main', mainSessionKey: 'agent:main:main' } },
    });
    expect(hello.features.methods).toEqual(expect.arrayContaining(['chat.send', 'sessions.create']));
  });

  test('grants a local client that is no backend nothing without a device', async () => {
    const hello = await connect({ mode: 'ui' }).hello();
    expect(hello.auth.scopes).toEqual([]);
  });

  test.each([
    { as: { token: 'wrong' }, code: 'INVALID_REQUEST', detail: 'AUTH_TOKEN_MISMATCH', closed: 1008 },
    { as: { token: undefined }, code: 'NOT_PAIRED', detail: 'DEVICE_IDENTITY_REQUIRED', closed: 1008 },
    {
      as: { minProtocol: 5, maxProtocol: 6 },
      code: 'INVALID_REQUEST',
      detail: 'PROTOCOL_MISMATCH',
      closed: 1002,
    },
    { as: { role: 'captain' }, code: 'INVALID_REQUEST', detail: undefined, closed: 1008 },
  ])('refuses to connect as $as', async ({ as, code, detail, closed }) => {
    const client = connect(as);
    await eventually(() => expect(client.closes.length).toBeGreaterThan(0));
    expect(client.errors[0]).toMatchObject({ code });
    expect((client.errors[0] as { details?: { code?: string } } | undefined)?.details?.code).toBe(detail);
    expect(client.closes[0]?.code).toBe(closed);
  });

  test('refuses calls with a code and says why', async () => {
    const client = connect({ scopes: ['operator.read'] });
    await client.hello();
    const send = { sessionKey: key(), message: 'x', idempotencyKey: randomUUID() };
    await expect(client.call('chat.send', send)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'missing scope: operator.write',
      details: { code: 'MISSING_SCOPE', missingScope: 'operator.write' },
    });
    const writer = connect({ scopes: ['operator.read', 'operator.write'] });
    await writer.hello();
    await expect(writer.call('nope')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      details: { missingScope: 'operator.admin' },
    });
    const administrator = connect();
    await administrator.hello();
    await expect(administrator.call('nope')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'unknown method: nope',
    });
    await expect(writer.call('chat.send', { ...send, foo: 1 })).rejects.toMatchObject({
      message: "invalid chat.send params: at root: unexpected property 'foo'",
    });
    await expect(writer.call('chat.send', { ...send, sessionKey: 'agent:nope:x' })).rejects.toMatchObject({
      message: 'Agent "nope" no longer exists in configuration',
    });
    await expect(writer.call('sessions.create', { key: key(), cwd: tmpdir() })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      details: { missingScope: 'operator.admin' },
    });
  });

  test('streams a turn: status, cumulative deltas, one final, rows in the transcript', async () => {
    target.says(['One', ' two', ' three']);
    const client = connect();
    await client.hello();
    const sessionKey = key();
    await client.call('sessions.create', { key: sessionKey, agentId: 'main', cwd: tmpdir() });
    await client.call('sessions.messages.subscribe', { key: sessionKey });
    const runId = randomUUID();
    const send = { sessionKey, message: 'count', idempotencyKey: runId };
    await expect(client.call('chat.send', send)).resolves.toEqual({ runId, status: 'started' });
    await expect(client.call('chat.send', send)).resolves.toEqual({ runId, status: 'in_flight' });
    const text = [{ type: 'text', text: 'One two three' }];
    await expect(client.ending(runId)).resolves.toMatchObject({
      sessionKey,
      agentId: 'main',
      state: 'final',
      stopReason: 'stop',
      message: { role: 'assistant', content: text },
    });
    const chats = client.payloads('chat', runId);
    expect(chats.slice(0, 3).map(({ phase }) => phase)).toEqual([
      'preparing_workspace',
      'preparing_context',
      'starting_model',
    ]);
    const deltas = chats.filter(({ state }) => state === 'delta');
    expect(deltas.map(({ deltaText }) => deltaText).join('')).toBe('One two three');
    expect(deltas.at(-1)).toMatchObject({ message: { content: text } });
    const streams = client.payloads('agent', runId).map(({ stream }) => stream);
    expect(streams).toEqual(expect.arrayContaining(['run_status', 'lifecycle', 'assistant', 'usage']));
    expect(client.payloads('session.message')).toMatchObject([
      { sessionKey, messageSeq: 1, message: { role: 'user', idempotencyKey: `${runId}:user` } },
      { sessionKey, messageSeq: 2, message: { role: 'assistant', content: text, __openclaw: { runId } } },
    ]);
    await eventually(async () => {
      const repeated = await client.call('chat.send', send);
      expect(repeated).toEqual({ runId, status: 'ok' });
    });
    const history = await client.call('chat.history', { sessionKey, limit: 10 });
    expect(history).toMatchObject({
      sessionKey,
      messages: [
        { role: 'user', content: 'count', __openclaw: { seq: 1 } },
        { role: 'assistant', content: text, usage: { input: 100, output: 10 }, __openclaw: { seq: 2 } },
      ],
      sessionInfo: { spawnedCwd: tmpdir() },
    });
    expect(history.inFlightRun).toBeUndefined();
  });

  test('tells the sender of tools in detail, others only that there was one', async () => {
    target.usesTool();
    const sender = connect();
    const watcher = connect();
    await Promise.all([sender.hello(), watcher.hello()]);
    const runId = randomUUID();
    await sender.call('chat.send', { sessionKey: key(), message: 'use a tool', idempotencyKey: runId });
    await sender.ending(runId);
    await watcher.ending(runId);
    const tools = (client: TestClient) =>
      client.payloads('agent', runId).filter(({ stream }) => stream === 'tool');
    expect(tools(sender).map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ phase: 'start', name: 'exec', args: { command: 'echo tool output' } }),
        expect.objectContaining({ phase: 'result', name: 'exec', isError: false }),
      ]),
    );
    expect(tools(watcher)).toEqual([]);
    expect(watcher.payloads('agent', runId).map(({ stream }) => stream)).toContain('item');
  });

  test('aborts a turn once and keeps what was said', async () => {
    target.says(
      Array.from({ length: 200 }, (_unused, index) => `w${index} `),
      50,
    );
    const client = connect();
    await client.hello();
    const sessionKey = key();
    const runId = randomUUID();
    await client.call('chat.send', { sessionKey, message: 'talk', idempotencyKey: runId });
    await eventually(
      () => expect(client.payloads('chat', runId).some(({ state }) => state === 'delta')).toBe(true),
      { timeoutMs: 60_000 },
    );
    await expect(client.call('chat.history', { sessionKey })).resolves.toMatchObject({
      inFlightRun: { runId, text: expect.stringContaining('w0') },
    });
    const abort = { sessionKey, runId };
    await expect(client.call('chat.abort', abort)).resolves.toEqual({
      ok: true,
      aborted: true,
      runIds: [runId],
    });
    await expect(client.ending(runId)).resolves.toMatchObject({ state: 'aborted', stopReason: 'rpc' });
    await expect(client.call('chat.abort', abort)).resolves.toEqual({ ok: true, aborted: false, runIds: [] });
    await eventually(async () => {
      const { messages } = await client.call('chat.history', { sessionKey });
      expect((messages as unknown[]).at(-1)).toMatchObject({ role: 'assistant', openclawAbort: { runId } });
    });
  });

  test('gives only the new rows for a cursor, and a reset for a bad one', async () => {
    target.says(['Yes.']);
    const client = connect();
    await client.hello();
    const sessionKey = key();
    const first = randomUUID();
    await client.call('chat.send', { sessionKey, message: 'one', idempotencyKey: first });
    await client.ending(first);
    const { deltaCursor } = await client.call('chat.history', { sessionKey });
    const second = randomUUID();
    await client.call('chat.send', { sessionKey, message: 'two', idempotencyKey: second });
    await client.ending(second);
    const delta = await client.call('chat.history', { sessionKey, cursor: deltaCursor });
    expect(delta).toMatchObject({
      kind: 'delta',
      messages: [
        { messageSeq: 3, message: { idempotencyKey: `${second}:user` } },
        { messageSeq: 4, message: { role: 'assistant' } },
      ],
    });
    await expect(client.call('chat.history', { sessionKey, cursor: 'bad' })).resolves.toMatchObject({
      kind: 'reset',
    });
  });

  test('sends session-scoped clients the events of their sessions only', async () => {
    target.says(['Yes.']);
    const scoped = connect({ caps: ['tool-events', 'session-scoped-events'] });
    const sender = connect();
    await Promise.all([scoped.hello(), sender.hello()]);
    const [mine, other] = [key(), key()];
    await scoped.call('sessions.messages.subscribe', { key: mine });
    for (const sessionKey of [other, mine]) {
      const runId = randomUUID();
      await sender.call('chat.send', { sessionKey, message: 'hi', idempotencyKey: runId });
      await sender.ending(runId);
    }
    await eventually(() => expect(scoped.payloads('chat').at(-1)).toMatchObject({ state: 'final' }));
    expect(scoped.payloads('chat').filter(({ sessionKey }) => sessionKey !== mine)).toEqual([]);
  });

  // Last, because nothing answers after it.
  test('drops its sockets with 1006 when it is killed', async () => {
    const client = connect();
    await client.hello();
    await target.crash();
    await eventually(() => expect(client.closes[0]?.code).toBe(1006));
  });
});
