import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { openclawEvents, openclawRequests, type Connection } from '@aether/contracts/openclaw';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const { closeConnection, getChat, getConnection, listAgents, listConnections, listProbes, openConnection } =
  openclawRequests;

let bridge: BridgeUnderTest;
let gateway: FakeGateway;

beforeAll(async () => {
  bridge = await startBridgeUnderTest({ PROBE_EVERY_S: '1' });
});
afterAll(() => bridge.stop());
beforeEach(async () => {
  gateway = await FakeGateway.start({ agents: [{ id: 'main' }, { id: 'coder', name: 'Coder' }] });
});
afterEach(() => gateway.stop());

const inState = async (id: string, state: Connection['state']): Promise<Connection> =>
  eventually(async () => {
    const connection = await bridge.call(getConnection, { id });
    expect(connection.state).toBe(state);
    return connection;
  });

async function connected() {
  const ids = await bridge.connect(gateway.url, gateway.token);
  await inState(ids.connectionId, 'connected');
  return ids;
}

/** What was told of a connection over the bus, oldest first. */
async function told(id: string): Promise<Connection[]> {
  const { lastSeq } = (await bridge.bus.streamRange('openclaw')) ?? { lastSeq: 0 };
  const enough = new AbortController();
  const found: Connection[] = [];
  for await (const event of bridge.bus.readEvents('openclaw', 1, enough.signal)) {
    const data = openclawEvents.connectionChanged.data.safeParse(event.payload);
    if (data.success && data.data.connection.id === id) found.push(data.data.connection);
    if (event.streamSeq >= lastSeq) enough.abort();
  }
  return found;
}

async function sameTarget(connectionId: string) {
  const [row] = await bridge.query('SELECT deployment_id, token_secret_id FROM connection WHERE id = $1', [
    connectionId,
  ]);
  const deploymentId = String(row?.deployment_id);
  return { deploymentId, name: 'first', url: gateway.url, tokenSecretId: String(row?.token_secret_id) };
}

describe('a connection', () => {
  test('has its agents as soon as it is called connected', async () => {
    const { deploymentId } = await connected();
    const { items } = await bridge.call(listAgents, { deploymentId });
    expect(items.map(({ id, name, online }) => ({ id, name, online }))).toEqual([
      { id: 'main', name: 'main', online: true },
      { id: 'coder', name: 'Coder', online: true },
    ]);
  });

  test('that is opened again with the same address keeps its socket', async () => {
    const { connectionId } = await connected();
    const [socket] = gateway.connected;
    const again = await bridge.call(openConnection, await sameTarget(connectionId));
    expect(again).toMatchObject({ id: connectionId, state: 'connected' });
    expect(gateway.connected).toEqual([socket]);
  });

  test('is told of when it changes, and not at every attempt', async () => {
    const { connectionId } = await connected();
    await gateway.crash();
    const { nextAttemptAt } = await inState(connectionId, 'disconnected');
    await eventually(async () => {
      const later = await bridge.call(getConnection, { id: connectionId });
      expect(later.reason?.code).toBe('not_listening');
      expect(later.nextAttemptAt).not.toBe(nextAttemptAt);
    });
    const before = await bridge.call(getConnection, { id: connectionId });
    await eventually(async () => {
      const later = await bridge.call(getConnection, { id: connectionId });
      expect(later.nextAttemptAt).not.toBe(before.nextAttemptAt);
      expect(later.version).toBe(before.version);
    });
    await gateway.resume();
    await inState(connectionId, 'connected');
    await eventually(async () =>
      expect((await told(connectionId)).map(({ state, reason }) => reason?.code ?? state)).toEqual([
        'connecting',
        'connected',
        'connection_lost',
        'not_listening',
        'connected',
      ]),
    );
  });

  test('that is refused is tried again when it is opened again', async () => {
    const { connectionId } = await bridge.connect(gateway.url, 'another-token');
    await inState(connectionId, 'refused');
    const { tokenSecretId, ...target } = await sameTarget(connectionId);
    await bridge.call(authRequests.deleteSecret, { id: tokenSecretId });
    const { id } = await bridge.call(authRequests.storeSecret, { name: 'right', value: gateway.token });
    await bridge.call(openConnection, { ...target, tokenSecretId: id });
    await inState(connectionId, 'connected');
  });

  test('whose token is gone says so', async () => {
    const { connectionId } = await connected();
    const { tokenSecretId, ...target } = await sameTarget(connectionId);
    await bridge.call(authRequests.deleteSecret, { id: tokenSecretId });
    await bridge.call(openConnection, { ...target, name: 'renamed', tokenSecretId });
    await eventually(async () =>
      expect((await bridge.call(getConnection, { id: connectionId })).reason?.code).toBe('token_gone'),
    );
  });

  test('lists the agents of a gateway that is away as not online', async () => {
    const { deploymentId, connectionId } = await connected();
    await gateway.crash();
    await inState(connectionId, 'disconnected');
    const { items } = await bridge.call(listAgents, { deploymentId });
    expect(items.map(({ id, online }) => ({ id, online }))).toEqual([
      { id: 'main', online: false },
      { id: 'coder', online: false },
    ]);
  });

  test('that is removed takes its chats and agents with it', async () => {
    const chat = await bridge.chatWith(gateway.url, gateway.token);
    const { deploymentId, connectionId } = chat;
    expect(await bridge.call(closeConnection, { deploymentId, remove: true })).toMatchObject({
      closed: true,
    });
    expect(await bridge.call(closeConnection, { deploymentId, remove: true })).toMatchObject({
      closed: false,
    });
    await expect(bridge.call(getChat, { id: chat.id })).rejects.toMatchObject({ code: 'chat_not_found' });
    await expect(bridge.call(getConnection, { id: connectionId })).rejects.toMatchObject({
      code: 'connection_not_found',
    });
    expect((await bridge.call(listAgents, { deploymentId })).items).toEqual([]);
    const { items } = await bridge.call(listConnections, { limit: 200 });
    expect(items.map(({ id }) => id)).not.toContain(connectionId);
    expect((await told(connectionId)).at(-1)?.state).toBe('closed');
  });
});

describe('the health of a connection', () => {
  test('is probed over the socket that is held anyway, and kept', async () => {
    const { connectionId } = await connected();
    const [socket] = gateway.connected;
    const report = await eventually(async () => {
      const [newest] = (await bridge.call(listProbes, { id: connectionId })).items;
      if (!newest) throw new Error('no probe yet');
      return newest;
    });
    expect(report).toMatchObject({ ok: true, reason: null, gatewayVersion: '2026.9.6' });
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['http', true],
      ['handshake', true],
      ['scopes', true],
      ['call', true],
    ]);
    expect(gateway.connected).toEqual([socket]);
    expect(gateway.callsOf('health').length).toBeGreaterThan(0);
  });

  test('tells why it is bad', async () => {
    const { connectionId } = await connected();
    gateway.override('health', () => new Promise(() => undefined));
    await gateway.crash();
    await eventually(async () => {
      const [newest] = (await bridge.call(listProbes, { id: connectionId })).items;
      expect(newest).toMatchObject({ ok: false, reason: { code: 'not_listening' } });
    });
  });

  test('of a gateway that does not exist here is asked for in vain', async () => {
    const { connectionId } = await connected();
    const id = connectionId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    await expect(bridge.call(listProbes, { id })).rejects.toMatchObject({ code: 'connection_not_found' });
  });
});
