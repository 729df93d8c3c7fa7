import { describe, expect, test } from '@jest/globals';
import type { HelloOk } from '@openclaw/gateway-protocol';
import { openclawRequests, type Connection } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import type { ConnectFrame } from '@aether/testing/tampering-proxy';
import { approve, operator, useRemote, type Expected } from './remote-under-test.js';
import { resigned } from './resign.js';

const { getConnection, updateConnection } = openclawRequests;

const gateway = useRealGateway({ bind: 'lan' });
const remote = useRemote(gateway);

type Change = Partial<ConnectFrame['params']>;
const pairing = (code: string) => ({ state: 'pairing' as const, code });
const client = (frame: ConnectFrame, change: object) =>
  ({ client: { ...frame.params.client, ...change } }) as Change;

describe('a device that a real gateway approved', () => {
  /** What the gateway says whenever it lets somebody in. */
  const hellos: HelloOk[] = [];

  /** A connection of an approved device. */
  async function approved(): Promise<{ id: string; key: string }> {
    const { far, connect, deviceKey, outcome } = remote();
    far.hello = (hello) => {
      hellos.push(hello);
      return hello;
    };
    const id = await connect(far);
    await approve(gateway(), await outcome(id, pairing('pairing_required')));
    await outcome(id, { state: 'connected' });
    return { id, key: await deviceKey(id) };
  }

  test('is let in by the token it was given, by another name, in another mode and with fewer scopes, but signed', async () => {
    const { far, bridge, outcome } = remote();
    const { id, key } = await approved();
    const { deviceToken = '' } = hellos.at(-1)?.auth ?? {};
    expect(deviceToken).toHaveLength(43);
    const again = async (change: (frame: ConnectFrame) => Change, expected: Expected) => {
      const before = hellos.length;
      far.connect = (frame, challenge) => resigned(frame, change(frame), { key, challenge });
      await bridge.call(updateConnection, { id }, operator);
      await eventually(() => expect(hellos.length).toBeGreaterThan(before));
      return outcome(id, expected);
    };
    await again(() => ({ auth: { deviceToken } }), { state: 'connected' });
    await again(() => ({ auth: { token: deviceToken } }), { state: 'connected' });
    await again((frame) => client(frame, { mode: 'ui' }), { state: 'connected' });
    await again((frame) => client(frame, { id: 'cli' }), { state: 'connected' });
    // What the gateway takes the bridge does not.
    const fewer = await again(() => ({ scopes: ['operator.read'] }), {
      state: 'refused',
      code: 'scope_missing',
    });
    expect(fewer.reason?.cause).toBe(
      'The gateway withholds operator.write, operator.admin, operator.approvals.',
    );
    far.connect = ({ params, ...frame }) => ({
      ...frame,
      params: { ...params, device: undefined, auth: { deviceToken } },
    });
    await bridge.call(updateConnection, { id }, operator);
    await outcome(id, { state: 'refused', code: 'device_identity_required' });
  });

  test.each<[string, string, (frame: ConnectFrame) => Change]>([
    ['for fewer scopes', 'pairing_scope_upgrade', () => ({ scopes: ['operator.read'] })],
    ['on another platform', 'pairing_metadata_upgrade', (frame) => client(frame, { platform: 'darwin' })],
    ['for another role', 'pairing_role_upgrade', () => ({ role: 'node', scopes: [] })],
  ])(
    '%s has to be approved again, and then works',
    async (_name, code, change) => {
      const { far, bridge, connectAs, outcome } = remote();
      const id = await connectAs(far, change);
      await approve(gateway(), await outcome(id, pairing('pairing_required')));
      await eventually(async () => {
        expect((await bridge.call(getConnection, { id })).state).not.toBe('pairing');
      });
      far.behave();
      await bridge.call(updateConnection, { id }, operator);
      const again = await outcome(id, pairing(code));
      expect(again.reason?.remedy).toContain(again.pairing?.command);
      await approve(gateway(), again);
      await outcome(id, { state: 'connected' });
    },
    120_000,
  );
});

test('from its own machine, a real gateway approves by itself whoever is not the bridge, for more scopes too', async () => {
  const { near, bridge, connect, connectAs, deviceKey, outcome } = remote();
  const tokens: (string | undefined)[] = [];
  near.hello = (hello) => {
    tokens.push(hello.auth.deviceToken);
    return hello;
  };
  const asUi = (frame: ConnectFrame) => client(frame, { mode: 'ui' });
  const id = await connectAs(near, (frame) => ({ ...asUi(frame), scopes: ['operator.read'] }));
  await outcome(id, { state: 'refused', code: 'scope_missing' });
  const key = await deviceKey(id);
  near.connect = (frame, challenge) => resigned(frame, asUi(frame), { key, challenge });
  await bridge.call(updateConnection, { id }, operator);
  await outcome(id, { state: 'connected' });
  near.connect = (frame) => frame;
  await outcome(await connect(near), { state: 'connected' });
  expect(tokens).toEqual([expect.any(String), expect.any(String), undefined]);
});

test('where the request to approve a device is replaced by another, the command is told that approves that one', async () => {
  const { far, bridge, connectAs, outcome } = remote();
  const id = await connectAs(far, () => ({ scopes: ['operator.read'] }));
  const before = await outcome(id, pairing('pairing_required'));
  far.behave();
  const after = await eventually<Connection>(async () => {
    const connection = await bridge.call(getConnection, { id });
    expect(connection.pairing?.command).not.toBe(before.pairing?.command);
    return connection;
  });
  expect(after.reason?.remedy).toContain(after.pairing?.command);
  await approve(gateway(), after);
  await outcome(id, { state: 'connected' });
});
