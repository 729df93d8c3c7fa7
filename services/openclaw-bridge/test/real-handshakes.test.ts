import { describe, expect, test } from '@jest/globals';
import { openclawRequests } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import type { ConnectFrame, TamperingProxy } from '@aether/testing/tampering-proxy';
import { operator, useRemote, without, type Expected } from './remote-under-test.js';
import { resigned } from './resign.js';

const password = 'of-the-gateway';
const gateway = useRealGateway({
  bind: 'lan',
  trustedProxies: ['127.0.0.1'],
  auth: { mode: 'password', password },
});
const remote = useRemote(gateway);
const connect = (through: TamperingProxy) =>
  remote().connect(through, { auth: 'password', credential: password });

const outcome = (id: string, expected: Expected) => remote().outcome(id, expected);
const changed = (frame: ConnectFrame, change: object) => ({
  ...frame,
  params: { ...frame.params, ...change },
});

describe('a real gateway that asks for a password', () => {
  test('lets who shows it in from its own machine, and nobody from elsewhere without approval', async () => {
    const { near, far } = remote();
    await outcome(await connect(near), { state: 'connected' });
    await outcome(await connect(far), { state: 'pairing', code: 'pairing_required' });
  });

  test('says whether a password is wrong or missing', async () => {
    const { near } = remote();
    const wrong = await remote().connect(near, { auth: 'password', credential: 'wrong' });
    await outcome(wrong, { state: 'refused', code: 'password_mismatch' });
    const none = await remote().connect(near, { auth: 'device', credential: undefined });
    await outcome(none, { state: 'refused', code: 'password_missing' });
  });
});

describe('a real gateway behind a proxy that it trusts', () => {
  test.each(['203.0.113.9', '10.1.2.3'])(
    'takes who the proxy says comes from %s for remote',
    async (from) => {
      const { near } = remote();
      near.headers = { 'x-forwarded-for': from };
      await outcome(await connect(near), { state: 'pairing', code: 'pairing_required' });
    },
  );

  test.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-for', 'nobody'],
    ['forwarded', 'for=203.0.113.9'],
  ])(
    'refuses the upgrade where the proxy does not say whose connection it passes on (%s: %s)',
    async (name, value) => {
      remote().near.headers = { [name]: value };
      const { reason } = await outcome(await connect(remote().near), {
        state: 'refused',
        code: 'proxy_not_trusted',
      });
      expect(reason?.remedy).toContain('X-Forwarded-For');
    },
  );

  test('wants a device approved that comes with an origin, although from its own machine', async () => {
    remote().near.headers = { origin: 'http://127.0.0.1:3000' };
    await outcome(await connect(remote().near), { state: 'pairing', code: 'pairing_required' });
  });
});

describe('a real gateway refuses, each for a reason of its own,', () => {
  const refused = (code: string): Expected => ({ state: 'refused', code });
  const first: [string, (frame: ConnectFrame) => object | string | null, Expected][] = [
    ['nobody’s credentials', (frame) => without(frame, { auth: {} }), refused('device_identity_required')],
    [
      'a client of another name',
      (frame) => changed(frame, { client: { ...frame.params.client, id: 'openclaw-bridge' } }),
      refused('params_invalid'),
    ],
    [
      'a mode it does not know',
      (frame) => changed(frame, { client: { ...frame.params.client, mode: 'operator' } }),
      refused('params_invalid'),
    ],
    ['a field it does not know', (frame) => changed(frame, { extra: true }), refused('params_invalid')],
    ['a role it does not know', (frame) => changed(frame, { role: 'owner' }), refused('role_invalid')],
    [
      'a request before the handshake',
      (frame) => ({ ...frame, method: 'health', params: {} }),
      refused('handshake_out_of_order'),
    ],
    [
      'a newer protocol',
      (frame) => changed(frame, { minProtocol: 5, maxProtocol: 6 }),
      refused('protocol_mismatch'),
    ],
    [
      'an older protocol',
      (frame) => changed(frame, { minProtocol: 2, maxProtocol: 3 }),
      refused('protocol_mismatch'),
    ],
    [
      'a signature of somebody else',
      (frame) => changed(frame, { device: { ...frame.params.device, signature: 'AAAA' } }),
      refused('device_signature_invalid'),
    ],
    [
      'a device id that is not its key’s',
      (frame) => changed(frame, { device: { ...frame.params.device, id: 'ab'.repeat(32) } }),
      refused('device_id_mismatch'),
    ],
    ['what is not JSON', () => 'hello', { state: 'disconnected', code: 'closed_silently' }],
    [
      'a handshake of more than 64 KiB',
      () => 'x'.repeat(70 * 1024),
      { state: 'disconnected', code: 'frame_too_large' },
    ],
  ];

  test.each(first)('%s', async (_name, tamper, expected) => {
    const { near } = remote();
    near.connect = tamper;
    await outcome(await connect(near), expected);
  });

  test('silence for 15 s, where either side may be the first to give up', async () => {
    const { near, bridge } = remote();
    near.connect = () => null;
    const id = await connect(near);
    await eventually(
      async () => {
        const { state, reason } = await bridge.call(openclawRequests.getConnection, { id });
        expect(state).toBe('disconnected');
        expect(['silent', 'closed_silently']).toContain(reason?.code);
      },
      { timeoutMs: 30_000 },
    );
  });

  test('an answer to another challenge', async () => {
    remote().near.challenge = ({ ts }) => ({ nonce: 'another', ts });
    await outcome(await connect(remote().near), { state: 'disconnected', code: 'device_nonce_mismatch' });
  });

  test('a signature of an hour ago', async () => {
    remote().near.challenge = ({ nonce, ts }) => ({ nonce, ts: ts - 3_600_000 });
    await outcome(await connect(remote().near), { state: 'disconnected', code: 'device_signature_expired' });
  });

  test('a device token it did not give', async () => {
    const { far, deviceKey } = remote();
    const id = await connect(far);
    await outcome(id, { state: 'pairing', code: 'pairing_required' });
    const key = await deviceKey(id);
    far.connect = (frame, challenge) =>
      resigned(frame, { auth: { deviceToken: 'x'.repeat(43) } }, { key, challenge });
    await outcome(id, { state: 'refused', code: 'device_token_mismatch' });
  });
});

describe('over a connection that stands, a real gateway', () => {
  test('takes no harm from frames that are none, and drops one that is too large', async () => {
    const { near, bridge } = remote();
    const id = await connect(near);
    await outcome(id, { state: 'connected' });
    near.inject('not JSON');
    near.inject(JSON.stringify({ type: 'req', method: 'health', params: {} }));
    await bridge.call(openclawRequests.listAgentFiles, { deploymentId: id, agentId: 'main' }, operator);
    await outcome(id, { state: 'connected' });
    near.connect = () => null;
    near.inject('x'.repeat(27 * 1024 ** 2));
    await outcome(id, { state: 'disconnected', code: 'frame_too_large' });
  });
});
