import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deployerCatalog, deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import { FakeGateway, connectRefusals, type Refusal } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { explainScopes } from '../src/gateway/offers.js';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
const connected: string[] = [];

beforeAll(async () => {
  [bridge, gateway] = await Promise.all([startBridgeUnderTest(), FakeGateway.start()]);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});
afterEach(async () => {
  gateway.acceptConnects();
  gateway.acceptUpgrades();
  for (const deploymentId of connected.splice(0))
    await bridge.call(openclawRequests.closeConnection, { deploymentId, remove: true });
});

async function reasonOf(connectionId: string) {
  const connection = await bridge.call(openclawRequests.getConnection, { id: connectionId });
  return { state: connection.state, code: connection.reason?.code ?? null };
}

async function connect(url = gateway.url, token = gateway.token) {
  const { deploymentId, connectionId } = await bridge.connect(url, token);
  connected.push(deploymentId);
  return connectionId;
}

describe('each refusal of a gateway has a reason, a remedy and a behaviour of its own', () => {
  const device = connectRefusals.deviceAuth;
  const pairing = { requestId: 'r', reason: 'not-paired', deviceId: 'd', scopes: [] } as const;
  const refusals: [string, () => Refusal, { state: string; code: string }][] = [
    ['wrong token', connectRefusals.tokenMismatch, { state: 'refused', code: 'token_mismatch' }],
    [
      'no device',
      connectRefusals.deviceIdentityRequired,
      { state: 'refused', code: 'device_identity_required' },
    ],
    [
      'bad device token',
      connectRefusals.deviceTokenMismatch,
      { state: 'refused', code: 'device_token_mismatch' },
    ],
    [
      'bad device signature',
      () => device('SIGNATURE_INVALID'),
      { state: 'refused', code: 'device_signature_invalid' },
    ],
    ['wrong device id', () => device('DEVICE_ID_MISMATCH'), { state: 'refused', code: 'device_id_mismatch' }],
    ['old nonce', () => device('NONCE_MISMATCH'), { state: 'disconnected', code: 'device_nonce_mismatch' }],
    [
      'old device signature',
      () => device('SIGNATURE_EXPIRED'),
      { state: 'disconnected', code: 'device_signature_expired' },
    ],
    [
      'pairing',
      () => connectRefusals.pairingRequired(pairing),
      { state: 'pairing', code: 'pairing_required' },
    ],
    ['lock-out', () => connectRefusals.rateLimited(), { state: 'disconnected', code: 'locked_out' }],
    [
      'another protocol',
      () => connectRefusals.protocolMismatch({ minProtocol: 4, maxProtocol: 4 }),
      { state: 'refused', code: 'protocol_mismatch' },
    ],
    [
      'bad parameters',
      () => connectRefusals.invalidParams('at /client/id: must be equal to one of the allowed values'),
      { state: 'refused', code: 'params_invalid' },
    ],
    ['foreign origin', connectRefusals.originNotAllowed, { state: 'refused', code: 'origin_not_allowed' }],
    ['starting', () => connectRefusals.starting(), { state: 'disconnected', code: 'starting' }],
  ];

  test.each(refusals)('%s', async (_name, refusal, expected) => {
    gateway.refuseConnects(refusal);
    const id = await connect();
    await eventually(async () => expect(await reasonOf(id)).toEqual(expected));
    const { nextAttemptAt } = await bridge.call(openclawRequests.getConnection, { id });
    expect(nextAttemptAt === null).toBe(expected.state === 'refused');
  });

  test('is tried again when the gateway says, and not before', async () => {
    gateway.refuseConnects(() => connectRefusals.rateLimited(299_900));
    const id = await connect();
    await eventually(async () => expect((await reasonOf(id)).code).toBe('locked_out'));
    const { nextAttemptAt } = await bridge.call(openclawRequests.getConnection, { id });
    expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(200_000);
  });

  test.each([
    ['that stops', undefined, 'stopping'],
    ['that restarts', 1_500, 'restarting'],
  ])('a gateway %s says so before it closes', async (_name, restartExpectedMs, code) => {
    const other = await FakeGateway.start();
    const id = await connect(other.url, other.token);
    await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'));
    const seen = new Set<string | null>();
    await other.shutDown(restartExpectedMs === undefined ? {} : { restartExpectedMs });
    await eventually(async () => {
      seen.add((await reasonOf(id)).code);
      expect([...seen]).toContain(code);
    });
    await other.stop();
  });

  test.each([
    [403, 'proxy_attribution_required', { state: 'refused', code: 'proxy_not_trusted' }],
    [403, 'of the proxy', { state: 'refused', code: 'edge_forbidden' }],
    [401, 'of the proxy', { state: 'refused', code: 'edge_refused' }],
    [429, 'rate_limited', { state: 'disconnected', code: 'edge_locked_out' }],
    [503, 'unavailable', { state: 'disconnected', code: 'draining' }],
    [502, 'of the proxy', { state: 'disconnected', code: 'edge_without_gateway' }],
    [302, 'of the proxy', { state: 'disconnected', code: 'redirected' }],
    [404, 'not found', { state: 'disconnected', code: 'upgrade_refused' }],
  ])('HTTP %d at the upgrade (%s)', async (status, type, expected) => {
    gateway.refuseUpgrades(status, { error: { type, message: 'refused' } });
    const id = await connect();
    await eventually(async () => expect(await reasonOf(id)).toEqual(expected));
  });

  test('nothing listens', async () => {
    const id = await connect('ws://127.0.0.1:9');
    await eventually(async () =>
      expect(await reasonOf(id)).toEqual({ state: 'disconnected', code: 'not_listening' }),
    );
  });

  test.each([
    [1006, 'connection_lost'],
    [1009, 'frame_too_large'],
    [1012, 'restarting'],
    [1013, 'starting'],
  ])('close %d after the handshake is told, then the connection stands again', async (code, reason) => {
    const id = await connect();
    await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'));
    gateway.refuseUpgrades(503);
    const seen = new Set<string | null>();
    if (code === 1006) gateway.dropAll();
    else gateway.closeAll(code);
    await eventually(async () => {
      seen.add((await reasonOf(id)).code);
      expect([...seen]).toContain(reason);
    });
    gateway.acceptUpgrades();
    await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'));
  });

  test('a connection without the scopes it needs names the missing one and is not called usable', () => {
    const verdict = explainScopes(['operator.read']);
    expect(verdict).toMatchObject({ retry: 'never', code: 'scope_missing' });
    expect(verdict?.cause).toContain('operator.write');
  });
});

describe('a gateway that takes the bridge for a remote client', () => {
  let remote: FakeGateway;
  beforeEach(async () => {
    remote = await FakeGateway.start({ remote: true });
  });
  afterEach(() => remote.stop());

  test('tells how to approve the device where Aether cannot do it itself', async () => {
    const id = await connect(remote.url, remote.token);
    await eventually(async () =>
      expect(await reasonOf(id)).toMatchObject({ state: 'pairing', code: 'pairing_required' }),
    );
    expect(remote.pairings.requests).toHaveLength(1);
  });

  test('has the device approved by the deployer, and knows it again after a restart', async () => {
    const approved: string[] = [];
    const deployer = await Messaging.connect({
      url: bridge.environment['NATS_URL'] ?? '',
      user: 'test',
      password: bridge.testPassword,
      catalog: deployerCatalog,
      reportFault: () => undefined,
    });
    const { approveDevice } = deployerRequests;
    deployer.serve(
      { approveDevice },
      {
        approveDevice: ({ requestId }) => {
          approved.push(requestId);
          remote.pairings.approve(requestId);
          return {};
        },
      },
    );
    deployer.start();
    try {
      const id = await connect(remote.url, remote.token);
      await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'));
      expect(approved).toHaveLength(1);
      await bridge.stopBridge();
      await bridge.startBridge();
      await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'), {
        timeoutMs: 20_000,
      });
      expect(approved).toHaveLength(1);
    } finally {
      await deployer.drain();
    }
  });
});

describe('a probe tells each step of the protocol and never fails itself', () => {
  async function probe(url: string, token: string) {
    const { connectionId, deploymentId } = await bridge.connect('ws://127.0.0.1:9', token);
    const rows = await bridge.query('SELECT token_secret_id FROM connection WHERE id = $1', [connectionId]);
    return bridge.call(openclawRequests.probeGateway, {
      deploymentId,
      url,
      tokenSecretId: String(rows[0]?.token_secret_id),
    });
  }

  test('of a good gateway', async () => {
    const report = await probe(gateway.url, gateway.token);
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['http', true],
      ['handshake', true],
      ['scopes', true],
      ['call', true],
    ]);
    expect(report).toMatchObject({ ok: true, gatewayVersion: '2026.9.6', reason: null });
  });

  test('with a wrong token', async () => {
    const report = await probe(gateway.url, 'another-token');
    expect(report.ok).toBe(false);
    expect(report.reason?.code).toBe('token_mismatch');
    expect(report.checks.at(-1)).toMatchObject({ name: 'handshake', ok: false });
  });

  test('of nothing', async () => {
    const report = await probe('ws://127.0.0.1:9', 'x');
    expect(report).toMatchObject({ ok: false, reason: { code: 'not_listening' } });
  });
});

test('a restarted gateway is told by its boot id, and a sequence gap is counted and told', async () => {
  const id = await connect();
  await eventually(async () => expect((await reasonOf(id)).state).toBe('connected'));
  const before = await bridge.call(openclawRequests.getConnection, { id });
  await gateway.shutDown({ restartExpectedMs: 100 });
  await gateway.resume();
  await eventually(async () => {
    const after = await bridge.call(openclawRequests.getConnection, { id });
    expect(after.state).toBe('connected');
    expect(after.bootId).not.toBe(before.bootId);
  });
  gateway.emit('presence', {});
  gateway.loseEvents(2, 'tick');
  gateway.emit('tick', { ts: 1 });
  gateway.emit('tick', { ts: 2 });
  gateway.emit('presence', {});
  await eventually(async () =>
    expect((await bridge.call(openclawRequests.getConnection, { id })).gaps).toBe(1),
  );
});

test('a gateway that moves is followed to its new address, and a closed one stays closed', async () => {
  const other = await FakeGateway.start();
  const { deploymentId, connectionId } = await bridge.connect(gateway.url, gateway.token);
  const [row] = await bridge.query('SELECT token_secret_id FROM connection WHERE id = $1', [connectionId]);
  await bridge.call(openclawRequests.openConnection, {
    deploymentId,
    name: 'moved',
    url: other.url,
    tokenSecretId: String(row?.token_secret_id),
  });
  await eventually(() => expect(other.connected).toHaveLength(1));
  expect(await bridge.call(openclawRequests.closeConnection, { deploymentId })).toMatchObject({
    closed: true,
  });
  expect(await bridge.call(openclawRequests.closeConnection, { deploymentId })).toMatchObject({
    closed: true,
  });
  await eventually(() => expect(other.connected).toHaveLength(0));
  expect(await reasonOf(connectionId)).toEqual({ state: 'closed', code: null });
  await other.stop();
});
