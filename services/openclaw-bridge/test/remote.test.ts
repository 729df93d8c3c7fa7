import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf } from '@aether/contracts/contract';
import { openclawRequests, type Connection } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { FakeGateway, type FakeGatewayOptions } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { generate } from 'selfsigned';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const {
  createConnection,
  deleteConnection,
  getConnection,
  listAgents,
  rotateDevice,
  testConnection,
  updateConnection,
} = openclawRequests;
const operator: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };
const admin: Partial<Context> = { actor: { type: 'user', id: newId(), role: 'admin' } };
const viewer: Partial<Context> = { actor: { type: 'user', id: newId(), role: 'viewer' } };

let bridge: BridgeUnderTest;
const gateways: FakeGateway[] = [];
const connections: string[] = [];

beforeAll(async () => {
  bridge = await startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
});
afterAll(() => bridge.stop());
afterEach(async () => {
  for (const id of connections.splice(0))
    await bridge.call(deleteConnection, { id }, operator).catch(() => undefined);
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

async function start(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
  const gateway = await FakeGateway.start(options);
  gateways.push(gateway);
  return gateway;
}

async function connect(
  gateway: FakeGateway,
  more: Partial<CallInputOf<typeof createConnection>> = {},
): Promise<Connection> {
  const connection = await bridge.call(
    createConnection,
    { name: `elsewhere ${newId()}`, url: gateway.url, auth: 'token', credential: gateway.token, ...more },
    operator,
  );
  connections.push(connection.id);
  return connection;
}

const inState = (id: string, state: Connection['state'], code?: string): Promise<Connection> =>
  eventually(async () => {
    const connection = await bridge.call(getConnection, { id });
    expect({ state: connection.state, code: connection.reason?.code }).toEqual({ state, code });
    return connection;
  });

async function chatAt(deploymentId: string) {
  return bridge.call(openclawRequests.createChat, { deploymentId }, operator);
}

async function secretsInVault(): Promise<string[]> {
  const { items } = await bridge.call(authRequests.listSecrets, { limit: 200 }, admin);
  return items.map(({ id }) => id).sort();
}

describe('a gateway that runs elsewhere', () => {
  test('is connected to, has its agents used and chatted with, and is forgotten with all its secrets', async () => {
    const before = await secretsInVault();
    const gateway = await start();
    const created = await connect(gateway);
    expect(created).toMatchObject({ kind: 'remote', deploymentId: null, state: 'connecting' });
    expect(JSON.stringify(created)).not.toContain(gateway.token);
    await inState(created.id, 'connected');
    const { items } = await bridge.call(listAgents, { deploymentId: created.id });
    expect(items).toMatchObject([{ id: 'main', connectionId: created.id, remote: true, online: true }]);
    const chat = await chatAt(created.id);
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete' });
    await bridge.call(deleteConnection, { id: created.id }, operator);
    await expect(bridge.call(getConnection, { id: created.id })).rejects.toMatchObject({
      code: 'connection_not_found',
    });
    expect(await secretsInVault()).toEqual(before);
    await eventually(() => expect(gateway.connected).toHaveLength(0));
  });

  test('is tried before it is saved, and nothing of it is kept', async () => {
    const before = await secretsInVault();
    const gateway = await start();
    const target = { url: gateway.url, auth: 'token' as const, credential: gateway.token };
    const good = await bridge.call(testConnection, target, operator);
    expect(good).toMatchObject({ ok: true, gatewayVersion: '2026.9.6' });
    const bad = await bridge.call(testConnection, { ...target, credential: 'wrong' }, operator);
    expect(bad).toMatchObject({ ok: false, reason: { code: 'token_mismatch' } });
    expect(bad.reason?.remedy).toContain('present token');
    const remote = await start({ remote: true });
    const unpaired = await bridge.call(testConnection, { ...target, url: remote.url }, operator);
    expect(unpaired.reason?.code).toBe('pairing_required');
    expect(unpaired.reason?.remedy).not.toContain('approve');
    expect(await secretsInVault()).toEqual(before);
    await eventually(() => expect(gateway.connected).toHaveLength(0));
  });

  test('with a password is shown it as one', async () => {
    const gateway = await start();
    const { id } = await connect(gateway, { auth: 'password' });
    await inState(id, 'connected');
  });

  test('behind Cloudflare Access is reached with the service token, and not without', async () => {
    const access = { clientId: 'aether.access', clientSecret: 'access-secret' };
    const tls = await certificate();
    const gateway = await start({ tls, access });
    const tlsFingerprint = new X509Certificate(tls.cert).fingerprint256;
    const { id } = await connect(gateway, { tlsFingerprint });
    await inState(id, 'disconnected', 'redirected');
    const changed = await bridge.call(updateConnection, { id, access }, operator);
    expect(changed.accessClientId).toBe('aether.access');
    expect(JSON.stringify(changed)).not.toContain('access-secret');
    await inState(id, 'connected');
  });

  test('with a certificate that nobody vouches for is refused, unless it is the pinned one', async () => {
    const tls = await certificate();
    const gateway = await start({ tls });
    const { id } = await connect(gateway);
    await inState(id, 'refused', 'certificate_untrusted');
    const other = new X509Certificate((await certificate()).cert).fingerprint256;
    await bridge.call(updateConnection, { id, tlsFingerprint: other }, operator);
    await inState(id, 'refused', 'certificate_changed');
    expect(gateway.upgrades).toHaveLength(0);
    const own = new X509Certificate(tls.cert).fingerprint256;
    await bridge.call(updateConnection, { id, tlsFingerprint: own }, operator);
    await inState(id, 'connected');
  });

  test('whose token changes is given the new one, and the message that waited is sent once', async () => {
    const gateway = await start();
    const { id } = await connect(gateway);
    await inState(id, 'connected');
    const chat = await chatAt(id);
    const port = Number(new URL(gateway.url).port);
    await gateway.stop();
    const after = await start({ token: 'new-token', port });
    await inState(id, 'refused', 'token_mismatch');
    const sent = await bridge.send(chat.id, 'hello');
    await bridge.call(updateConnection, { id, credential: 'new-token' }, operator);
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete' });
    expect(after.callsOf('chat.send')).toHaveLength(1);
  });
});

describe('pairing', () => {
  test('names the command to run there, and its approval is noticed by itself', async () => {
    const gateway = await start({ remote: true });
    const { id } = await connect(gateway);
    const { pairing } = await inState(id, 'pairing', 'pairing_required');
    const [request] = gateway.pairings.requests;
    expect(pairing?.command).toBe(`openclaw devices approve ${request?.requestId}`);
    expect(Date.parse(pairing?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    gateway.pairings.approve(pairing?.requestId ?? '');
    expect((await inState(id, 'connected')).pairing).toBeNull();
  });

  test('follows the gateway to another request when it forgets the first', async () => {
    const gateway = await start({ remote: true });
    const { id } = await connect(gateway);
    const first = await inState(id, 'pairing', 'pairing_required');
    gateway.pairings.forgetRequests();
    await eventually(async () => {
      const { pairing } = await bridge.call(getConnection, { id });
      expect(pairing?.requestId).not.toBe(first.pairing?.requestId);
      expect(gateway.pairings.requests.map(({ requestId }) => requestId)).toEqual([pairing?.requestId]);
    });
  });

  test('again after the device key is rotated loses no message', async () => {
    const gateway = await start({ remote: true });
    const { id } = await connect(gateway);
    const before = await inState(id, 'pairing', 'pairing_required');
    gateway.pairings.approve(before.pairing?.requestId ?? '');
    await inState(id, 'connected');
    const chat = await chatAt(id);
    await bridge.call(rotateDevice, { id }, operator);
    const { pairing } = await inState(id, 'pairing', 'pairing_required');
    const sent = await bridge.send(chat.id, 'hello');
    gateway.pairings.approve(pairing?.requestId ?? '');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete' });
    expect(gateway.callsOf('chat.send')).toHaveLength(1);
  });
});

describe('of a gateway', () => {
  test.each([
    [3, '2026.3.1', 'gateway_too_old', 'Update OpenClaw there'],
    [5, '2027.1.0', 'gateway_too_new', 'Update Aether'],
  ])(
    'that speaks protocol %d alone, it is said that nothing works and which end is too old',
    async (...given) => {
      const [protocol, version, code, remedy] = given;
      const { id } = await connect(await start({ protocol, version }));
      const { reason } = await inState(id, 'refused', code);
      expect(reason?.cause).toContain(`protocol ${protocol}, and Aether 4`);
      expect(reason?.remedy).toContain(remedy);
    },
  );

  test('the protocol and the methods are stored, and what its lacks cost is told, also while it is away', async () => {
    const lacks = ['sessions.create', 'chat.abort'];
    const gateway = await start({ lacks, version: '2026.8.1' });
    const { id } = await connect(gateway);
    const told = {
      gatewayVersion: '2026.8.1',
      protocol: 4,
      missing: expect.arrayContaining([
        { method: 'chat.abort', effect: 'replies cannot be stopped' },
        { method: 'sessions.create', effect: 'agents cannot work in a directory, so not in missions' },
      ]) as unknown,
    };
    expect(await inState(id, 'connected')).toMatchObject(told);
    const [row] = await bridge.query('SELECT protocol, methods FROM connection WHERE id = $1', [id]);
    expect(row?.['protocol']).toBe(4);
    expect(row?.['methods']).toContain('chat.send');
    expect(row?.['methods']).not.toContain('chat.abort');
    await gateway.crash();
    await eventually(async () => {
      const { state, ...rest } = await bridge.call(getConnection, { id });
      expect({ state, ...rest }).toMatchObject({ ...told, state: 'disconnected' });
    });
  });

  test('that was brought up to date no lack is told any more', async () => {
    const old = await start({ lacks: ['chat.abort'] });
    const { id } = await connect(old);
    const lack = { method: 'chat.abort', effect: 'replies cannot be stopped' };
    expect((await inState(id, 'connected')).missing).toContainEqual(lack);
    const port = Number(new URL(old.url).port);
    await old.stop();
    await start({ port });
    await eventually(async () => {
      const { state, missing } = await bridge.call(getConnection, { id });
      expect(state).toBe('connected');
      expect(missing).not.toContainEqual(lack);
    });
  });
});

describe('attack', () => {
  test('server-side request forgery by a redirect: an address that leads elsewhere is not followed', async () => {
    const inside = await start();
    const outside = await start();
    outside.refuseUpgrades(302, {}, { location: inside.url.replace('ws', 'http') });
    const { id } = await connect(outside);
    await inState(id, 'disconnected', 'redirected');
    expect(inside.upgrades).toHaveLength(0);
  });

  test.each([
    ['the metadata service of a cloud', 'ws://169.254.169.254/latest'],
    ['a machine of the private network', 'wss://10.1.2.3'],
    ['this machine by IPv6', 'ws://[::1]:5432'],
    ['this machine by an IPv4 address in IPv6', 'ws://[::ffff:10.0.0.1]:5432'],
  ])('server-side request forgery towards %s is refused before anything is sent', async (_name, url) => {
    const target = { url, auth: 'token' as const, credential: 'a' };
    await expect(bridge.call(testConnection, target, operator)).rejects.toMatchObject({
      code: 'address_refused',
    });
    await expect(bridge.call(createConnection, { ...target, name: 'inner' }, operator)).rejects.toMatchObject(
      { code: 'address_refused' },
    );
  });

  test.each([
    'http://example.com',
    'file:///etc/passwd',
    'wss://user:word@example.com',
    'wss://example.com/?a=b',
  ])('an address such as %s is refused', async (url) => {
    await expect(
      bridge.call(testConnection, { url, auth: 'token', credential: 'a' }, operator),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a header cannot be smuggled in through a credential', async () => {
    const input = { name: 'x', url: 'wss://example.com', auth: 'device' as const };
    const access = { clientId: 'a\r\nx-forwarded-for: 127.0.0.1', clientSecret: 'b' };
    await expect(bridge.call(createConnection, { ...input, access }, operator)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  test('somebody who points a connection at his own gateway does not get its token', async () => {
    const gateway = await start();
    const thief = await start({ token: 'of the thief' });
    const { id } = await connect(gateway);
    await inState(id, 'connected');
    await expect(bridge.call(updateConnection, { id, url: thief.url }, operator)).rejects.toMatchObject({
      code: 'credential_needed',
    });
    expect(thief.upgrades).toHaveLength(0);
    await inState(id, 'connected');
  });

  test('a viewer can neither add, try, change nor remove a connection', async () => {
    const gateway = await start();
    const { id } = await connect(gateway);
    const target = { url: gateway.url, auth: 'token' as const, credential: 'a' };
    const forbidden = { code: 'forbidden' };
    await expect(bridge.call(createConnection, { ...target, name: 'x' }, viewer)).rejects.toMatchObject(
      forbidden,
    );
    await expect(bridge.call(testConnection, target, viewer)).rejects.toMatchObject(forbidden);
    await expect(bridge.call(updateConnection, { id, name: 'x' }, viewer)).rejects.toMatchObject(forbidden);
    await expect(bridge.call(rotateDevice, { id }, viewer)).rejects.toMatchObject(forbidden);
    await expect(bridge.call(deleteConnection, { id }, viewer)).rejects.toMatchObject(forbidden);
  });

  test('the connection of a deployment is not changed or removed past its deployment', async () => {
    const gateway = await start();
    const { connectionId: id } = await bridge.connect(gateway.url, gateway.token);
    const deployed = { code: 'connection_deployed' };
    await expect(bridge.call(updateConnection, { id, name: 'x' }, operator)).rejects.toMatchObject(deployed);
    await expect(bridge.call(deleteConnection, { id }, operator)).rejects.toMatchObject(deployed);
  });
});

async function certificate(): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: 'gateway.example' }], { keyType: 'ec' });
  return { cert: made.cert, key: made.private };
}
