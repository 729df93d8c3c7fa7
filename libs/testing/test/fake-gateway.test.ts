import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
} from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { connectRefusals, FakeGateway, type FakeGatewayOptions } from '@aether/testing/fake-gateway';
import { TestClient } from '@aether/testing/gateway-client';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});

async function start(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
  const gateway = await FakeGateway.start(options);
  open.push(gateway);
  return gateway;
}

function connect(gateway: FakeGateway, more: ConstructorParameters<typeof TestClient>[0] = {}): TestClient {
  const client = new TestClient({ url: gateway.url, token: gateway.token, ...more });
  open.push(client);
  return client;
}

async function send(client: TestClient, sessionKey = 'agent:main:one'): Promise<string> {
  const idempotencyKey = randomUUID();
  await client.call('chat.send', { sessionKey, message: 'hi', idempotencyKey });
  return idempotencyKey;
}

/** A device with a key of its own, as a client outside the gateway's machine needs. */
function device() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    deviceIdentity: {
      deviceId: createHash('sha256').update(raw).digest('hex'),
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    hostDeps: {
      signDevicePayload: (pem: string, payload: string) =>
        sign(null, Buffer.from(payload), createPrivateKey(pem)).toString('base64url'),
      publicKeyRawBase64UrlFromPem: (pem: string) => createPublicKey(pem).export({ format: 'jwk' }).x ?? '',
    },
  };
}

test('lost events leave a gap that the client sees', async () => {
  const gateway = await start();
  const client = connect(gateway);
  await client.hello();
  gateway.loseEvents(1);
  const runId = await send(client);
  await client.ending(runId);
  expect(client.gaps).toHaveLength(1);
  expect(client.gaps[0]).toMatchObject({ expected: expect.any(Number), received: expect.any(Number) });
});

test('a repeated ending carries the same run and state', async () => {
  const gateway = await start();
  gateway.turns.repeatTerminal = true;
  const client = connect(gateway);
  await client.hello();
  const runId = await send(client);
  await eventually(() =>
    expect(client.payloads('chat', runId).filter(({ state }) => state === 'final')).toHaveLength(2),
  );
});

test('a failed turn is reported twice, as by the real gateway', async () => {
  const gateway = await start({ script: () => [{ text: 'One' }, { error: 'model is down' }] });
  const client = connect(gateway);
  await client.hello();
  const runId = await send(client);
  await eventually(() =>
    expect(client.payloads('chat', runId).filter(({ state }) => state === 'error')).toMatchObject([
      { errorMessage: 'model is down' },
      { errorMessage: 'Agent failed before reply: model is down' },
    ]),
  );
});

test('a second message to a busy session is steered: it ends without a message of its own', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const gateway = await start({
    script: async function* () {
      await released;
      yield { text: 'Both.' };
    },
  });
  const client = connect(gateway);
  await client.hello();
  const [busy, steered] = [await send(client), await send(client)];
  expect((await client.ending(steered)).message).toBeUndefined();
  release();
  expect(await client.ending(busy)).toMatchObject({ state: 'final', message: { role: 'assistant' } });
});

test('a remote client has nothing without a device, and all that was approved with one', async () => {
  const gateway = await start({ remote: true });
  expect((await connect(gateway).hello()).auth.scopes).toEqual([]);
  const identity = device();
  const refused = connect(gateway, identity);
  await eventually(() => expect(refused.paused).toEqual(['PAIRING_REQUIRED']));
  expect(gateway.pairings.requests).toHaveLength(1);
  gateway.pairings.approve(gateway.pairings.requests[0]?.requestId ?? '');
  const hello = await connect(gateway, identity).hello();
  expect(hello.auth).toMatchObject({
    scopes: expect.arrayContaining(['operator.admin']),
    deviceToken: expect.any(String),
  });
  const stranger = connect(gateway, { ...identity, deviceIdentity: device().deviceIdentity });
  await eventually(() => expect(stranger.paused).toEqual(['PAIRING_REQUIRED']));
});

test('a signature by another key is refused', async () => {
  const gateway = await start();
  const [mine, other] = [device(), device()];
  const deviceIdentity = { ...mine.deviceIdentity, privateKeyPem: other.deviceIdentity.privateKeyPem };
  const client = connect(gateway, { ...mine, deviceIdentity });
  await eventually(() =>
    expect(client.errors[0]).toMatchObject({ details: { code: 'DEVICE_AUTH_SIGNATURE_INVALID' } }),
  );
});

test('the eleventh wrong token from elsewhere locks out the right one too', async () => {
  const gateway = await start({ remote: true });
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const client = connect(gateway, { token: 'wrong' });
    await eventually(() => expect(client.paused).toEqual(['AUTH_TOKEN_MISMATCH']));
  }
  const locked = connect(gateway);
  await eventually(() => expect(locked.paused).toEqual(['AUTH_RATE_LIMITED']));
});

test.each([
  { name: 'starting', refusal: () => connectRefusals.starting(50), code: 'UNAVAILABLE' },
  { name: 'rate limited', refusal: () => connectRefusals.rateLimited(), code: 'INVALID_REQUEST' },
])('connections can be refused as $name, then accepted', async ({ refusal, code }) => {
  const gateway = await start();
  gateway.refuseConnects(refusal);
  const client = connect(gateway, { notifyOnStartupRetry: true });
  await eventually(() => expect(client.closes.length).toBeGreaterThan(0));
  if (client.errors.length > 0) expect(client.errors[0]).toMatchObject({ code });
  gateway.acceptConnects();
  await connect(gateway).hello();
});

test.each([403, 503])('upgrades can be refused with HTTP %d', async (status) => {
  const gateway = await start();
  gateway.refuseUpgrades(status, { error: { type: 'proxy_attribution_required', message: 'no' } });
  const client = connect(gateway);
  await eventually(() =>
    expect(client.errors[0]).toMatchObject({
      details: { httpStatus: status, gatewayErrorType: 'proxy_attribution_required' },
    }),
  );
  gateway.acceptUpgrades();
  await client.hello();
});

test.each([1008, 1009, 1012, 1013])('sockets can be closed with %d', async (code) => {
  const gateway = await start();
  const client = connect(gateway);
  await client.hello();
  gateway.closeAll(code, 'because');
  await eventually(() => expect(client.closes[0]).toEqual({ code, reason: 'because' }));
});

test('a restart says how long it takes, closes with 1012, and comes back as another boot', async () => {
  const gateway = await start();
  const client = connect(gateway);
  const before = await client.hello();
  await gateway.shutDown({ restartExpectedMs: 1_500 });
  expect(client.payloads('shutdown')).toEqual([{ reason: 'gateway restarting', restartExpectedMs: 1_500 }]);
  await eventually(() => expect(client.closes[0]?.code).toBe(1012));
  await gateway.resume();
  await eventually(() => expect(client.hellos).toHaveLength(2));
  expect(client.hellos[1]?.server).not.toMatchObject({ bootId: before.server.bootId });
});

test('a crash forgets which turns ran and keeps what was said', async () => {
  const gateway = await start();
  const client = connect(gateway);
  await client.hello();
  const sessionKey = 'agent:main:one';
  const runId = await send(client, sessionKey);
  await client.ending(runId);
  await gateway.crash();
  await gateway.resume();
  await eventually(() => expect(client.hellos).toHaveLength(2));
  const { messages } = await client.call('chat.history', { sessionKey });
  expect(messages).toHaveLength(2);
  const again = { sessionKey, message: 'hi', idempotencyKey: runId };
  await expect(client.call('chat.send', again)).resolves.toEqual({ runId, status: 'started' });
});

test('a method can be answered by the test, and every call is kept', async () => {
  const gateway = await start();
  gateway.override('models.list', () => ({ models: [] }));
  const client = connect(gateway);
  await client.hello();
  await expect(client.call('models.list', { agentId: 'main' })).resolves.toEqual({ models: [] });
  expect(gateway.callsOf('models.list')).toEqual([{ agentId: 'main' }]);
});

test('health is told over HTTP', async () => {
  const gateway = await start();
  const ready = async () => (await fetch(`${gateway.httpUrl}/readyz`)).status;
  expect(await ready()).toBe(200);
  gateway.refuseUpgrades(503);
  expect(await ready()).toBe(503);
});
