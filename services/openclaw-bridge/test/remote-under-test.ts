import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf } from '@aether/contracts/contract';
import { openclawRequests, type Connection } from '@aether/contracts/openclaw';
import { serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import type { RealGateway } from '@aether/testing/real-gateway';
import { TamperingProxy, addressOfThisMachine, type ConnectFrame } from '@aether/testing/tampering-proxy';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';
import { resigned } from './resign.js';

const { createConnection, deleteConnection, getConnection, updateConnection } = openclawRequests;

export const operator: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };

export interface Expected {
  readonly state: Connection['state'];
  readonly code?: string;
}

/** A bridge and a real gateway, with what changes what passes between them. */
export interface RemoteUnderTest {
  readonly bridge: BridgeUnderTest;
  /** Through it the gateway sees the bridge come from its own machine. */
  readonly near: TamperingProxy;
  /** From elsewhere. */
  readonly far: TamperingProxy;
  /** Adds a connection, which is removed after the test. */
  readonly connect: (
    through: TamperingProxy,
    more?: Partial<CallInputOf<typeof createConnection>>,
  ) => Promise<string>;
  /** Waits until the connection is in this state, for this reason. */
  readonly outcome: (id: string, expected: Expected) => Promise<Connection>;
  /** What the bridge is known by at the gateway of a connection. */
  readonly deviceKey: (id: string) => Promise<string>;
  /** Adds a connection whose device says other things of itself than the bridge does, well signed. */
  readonly connectAs: (
    through: TamperingProxy,
    change: (frame: ConnectFrame) => Partial<ConnectFrame['params']>,
  ) => Promise<string>;
}

/** For all tests of the file or `describe` that calls this, which calls the result inside a test. */
export function useRemote(gateway: () => RealGateway): () => RemoteUnderTest {
  let remote: RemoteUnderTest | undefined;
  const made: string[] = [];
  beforeAll(async () => {
    const { port } = gateway();
    const [bridge, near, far] = await Promise.all([
      startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' }),
      TamperingProxy.start('127.0.0.1', port),
      TamperingProxy.start(addressOfThisMachine(), port),
    ]);
    remote = remoteOf({ bridge, near, far }, { made, token: () => gateway().token });
  }, 60_000);
  afterEach(async () => {
    remote?.near.behave();
    remote?.far.behave();
    for (const id of made.splice(0)) await remote?.bridge.call(deleteConnection, { id }, operator);
  });
  afterAll(async () => {
    await remote?.bridge.stop();
    await Promise.all([remote?.near.stop(), remote?.far.stop()]);
  });
  return () => {
    if (!remote) throw new Error('The bridge is only there while tests run.');
    return remote;
  };
}

function remoteOf(
  parts: Pick<RemoteUnderTest, 'bridge' | 'far' | 'near'>,
  { made, token }: { made: string[]; token: () => string },
): RemoteUnderTest {
  const { bridge } = parts;
  const remote: RemoteUnderTest = {
    ...parts,
    connect: async (through, more = {}) => {
      const target = { url: through.url, auth: 'token' as const, credential: token() };
      const input = { name: `real ${newId()}`, ...target, ...more };
      const { id } = await bridge.call(createConnection, input, operator);
      made.push(id);
      return id;
    },
    outcome: (id, expected) =>
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
      ),
    deviceKey: async (id) => {
      const found = async () => {
        const [row] = await bridge.query('SELECT key_secret_id FROM device WHERE deployment_id = $1', [id]);
        if (!row) throw new Error('the device has no key yet');
        return String(row['key_secret_id']);
      };
      const secret = { id: await eventually(found) };
      return (await bridge.call(authRequests.revealSecret, secret, serviceContext('openclaw-bridge'))).value;
    },
    connectAs: async (through, change) => {
      through.connect = () => null;
      const id = await remote.connect(through);
      const key = await remote.deviceKey(id);
      through.connect = (frame, challenge) => resigned(frame, change(frame), { key, challenge });
      await bridge.call(updateConnection, { id }, operator);
      return id;
    },
  };
  return remote;
}

/** The first request without the device, and otherwise changed. */
export function without(frame: ConnectFrame, change: object = {}, client: object = {}): object {
  const params = { ...frame.params };
  delete params.device;
  return { ...frame, params: { ...params, ...change, client: { ...params.client, ...client } } };
}

/** Runs the command that the connection tells, on the gateway's machine. */
export async function approve(gateway: RealGateway, { pairing }: Connection): Promise<void> {
  const [program, ...args] = pairing?.command.split(' ') ?? [];
  expect(program).toBe('openclaw');
  await gateway.command(...args);
}
