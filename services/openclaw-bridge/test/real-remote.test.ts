import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallInputOf } from '@aether/contracts/contract';
import { openclawRequests, type Connection } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import { say } from '@aether/testing/scripted-model';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';
import { addressOfThisMachine, startProxy, type Proxy } from './through-proxy.js';

const { createConnection, deleteConnection, getConnection, updateConnection } = openclawRequests;
const operator: Partial<Context> = { actor: { type: 'user', id: newId(), role: 'operator' } };

const gateway = useRealGateway({ bind: 'lan' });
let bridge: BridgeUnderTest;
/** Through it the gateway sees the bridge come from this machine itself, or from elsewhere. */
let near: Proxy;
let far: Proxy;
const made: string[] = [];

beforeAll(async () => {
  const { port } = gateway();
  [bridge, near, far] = await Promise.all([
    startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' }),
    startProxy('127.0.0.1', port),
    startProxy(addressOfThisMachine(), port),
  ]);
}, 60_000);
afterAll(async () => {
  await bridge.stop();
  await Promise.all([near.stop(), far.stop()]);
});
afterEach(async () => {
  near.headers = [];
  far.headers = [];
  for (const id of made.splice(0)) await bridge.call(deleteConnection, { id }, operator);
});

async function connect(
  through: Proxy,
  more: Partial<CallInputOf<typeof createConnection>> = {},
): Promise<string> {
  const target = { url: through.url, auth: 'token' as const, credential: gateway().token };
  const { id } = await bridge.call(
    createConnection,
    { name: `real ${newId()}`, ...target, ...more },
    operator,
  );
  made.push(id);
  return id;
}

const outcome = (id: string, expected: { state: Connection['state']; code?: string }): Promise<Connection> =>
  eventually(
    async () => {
      const connection = await bridge.call(getConnection, { id });
      expect({ state: connection.state, code: connection.reason?.code }).toEqual({
        code: undefined,
        ...expected,
      });
      return connection;
    },
    { timeoutMs: 30_000 },
  );

/** Runs the command that the connection tells. */
async function approve({ pairing }: Connection): Promise<void> {
  const [program, ...args] = pairing?.command.split(' ') ?? [];
  expect(program).toBe('openclaw');
  await gateway().command(...args);
}

describe('a real gateway that sees the bridge come from its own machine', () => {
  test('lets it in with the token, and lacks nothing that is used', async () => {
    const connection = await outcome(await connect(near), { state: 'connected' });
    expect(connection).toMatchObject({ protocol: 4, missing: [] });
  });

  test('lets it in with the token given as a password', async () => {
    await outcome(await connect(near, { auth: 'password' }), { state: 'connected' });
  });

  test('refuses a wrong token and says what to do', async () => {
    const { reason } = await outcome(await connect(near, { credential: 'wrong' }), {
      state: 'refused',
      code: 'token_mismatch',
    });
    expect(reason?.remedy).toContain('present token');
  });

  test('wants its token although a device is shown', async () => {
    const id = await connect(near, { auth: 'device', credential: undefined });
    await outcome(id, { state: 'refused', code: 'token_missing' });
  });

  test('takes it for a browser where a proxy adds an origin', async () => {
    near.headers = ['Origin: http://elsewhere.example'];
    await outcome(await connect(near), { state: 'refused', code: 'origin_not_allowed' });
  });

  test.each(['X-Forwarded-For: 203.0.113.9', 'Forwarded: for=203.0.113.9'])(
    'refuses the upgrade through a proxy it does not trust (%s)',
    async (header) => {
      near.headers = [header];
      const { reason } = await outcome(await connect(near), { state: 'refused', code: 'proxy_not_trusted' });
      expect(reason?.remedy).toContain('gateway.trustedProxies');
    },
  );

  test('takes headers of Cloudflare Access as nothing special', async () => {
    near.headers = ['CF-Access-Client-Id: a', 'CF-Connecting-IP: 203.0.113.9'];
    await outcome(await connect(near), { state: 'connected' });
  });
});

describe('a real gateway that sees the bridge come from elsewhere', () => {
  test('has its device approved by the command that is told, and is used at once', async () => {
    const id = await connect(far);
    const waiting = await outcome(id, { state: 'pairing', code: 'pairing_required' });
    expect(waiting.reason?.remedy).toContain(waiting.pairing?.command);
    await approve(waiting);
    await outcome(id, { state: 'connected' });
    gateway().model.answer(() => say('From far away.'));
    const chat = await bridge.call(openclawRequests.createChat, { deploymentId: id }, operator);
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent, 60_000)).toMatchObject({
      state: 'complete',
      text: 'From far away.',
    });
  }, 240_000);

  test('refuses it where a proxy adds an origin', async () => {
    far.headers = ['Origin: http://elsewhere.example'];
    await outcome(await connect(far), { state: 'refused', code: 'origin_not_allowed' });
  });

  test('locks its address out after many wrong tokens, the right one too', async () => {
    const id = await connect(far, { credential: 'wrong' });
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await outcome(id, { state: 'refused', code: 'token_mismatch' });
      await bridge.call(updateConnection, { id, credential: `wrong-${attempt}` }, operator);
    }
    await outcome(id, { state: 'disconnected', code: 'locked_out' });
    await bridge.call(updateConnection, { id, credential: gateway().token }, operator);
    const { nextAttemptAt } = await outcome(id, { state: 'disconnected', code: 'locked_out' });
    expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(60_000);
  }, 60_000);
});

test('a real gateway that is stopped says so, and is used again once it is back', async () => {
  const id = await connect(near);
  await outcome(id, { state: 'connected' });
  const seen = new Set<string | undefined>();
  const restarted = gateway().restart();
  await eventually(
    async () => {
      seen.add((await bridge.call(getConnection, { id })).reason?.code);
      expect([...seen]).toContain('stopping');
    },
    { timeoutMs: 60_000 },
  );
  await restarted;
  await outcome(id, { state: 'connected' });
}, 300_000);
