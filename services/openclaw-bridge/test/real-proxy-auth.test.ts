import { describe, expect, test } from '@jest/globals';
import { useRealGateway } from '@aether/testing/real-gateway';
import { approve, useRemote } from './remote-under-test.js';

const none = { auth: 'device' as const, credential: undefined };
const scopes = ['operator.read', 'operator.write', 'operator.admin', 'operator.approvals'];

describe('a real gateway that lets in whom a trusted proxy names', () => {
  const gateway = useRealGateway({
    bind: 'lan',
    trustedProxies: ['127.0.0.1'],
    auth: {
      mode: 'trusted-proxy',
      // What lets the gateway's own command in, past the proxy.
      password: 'of-its-own-machine',
      identityScopes: { 'aether@example.com': scopes, 'reader@example.com': ['operator.read'] },
      trustedProxy: {
        userHeader: 'x-forwarded-user',
        requiredHeaders: ['x-edge'],
        allowUsers: ['aether@example.com', 'reader@example.com'],
        allowLoopback: true,
      },
    },
  });
  const remote = useRemote(gateway);
  const named = (user: string) => ({ ...passed, 'x-forwarded-user': user });
  const passed = { 'x-forwarded-for': '203.0.113.9', 'x-edge': '1' };
  const withoutEdge = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-user': 'aether@example.com' };

  test.each([
    ['somebody it does not let in', named('eve@example.com'), 'proxy_user_not_allowed'],
    ['nobody', passed, 'proxy_user_missing'],
    ['somebody, without a header it requires', withoutEdge, 'identity_header_required'],
    ['somebody, and not from where', { 'x-forwarded-user': 'a', 'x-edge': '1' }, 'proxy_not_trusted'],
  ])('says what is wrong where the proxy names %s', async (_name, headers, code) => {
    const { near, connect, outcome } = remote();
    near.headers = headers;
    await outcome(await connect(near, none), { state: 'refused', code });
  });

  test('says so where the proxy is gone around', async () => {
    const { far, connect, outcome } = remote();
    await outcome(await connect(far, none), { state: 'refused', code: 'proxy_bypassed' });
  });

  test('takes a token for nothing', async () => {
    const { near, connect, outcome } = remote();
    near.headers = passed;
    await outcome(await connect(near), { state: 'refused', code: 'proxy_user_missing' });
  });

  test('has the device approved of whom the proxy names, and then lets it in with nothing else', async () => {
    const { near, connect, outcome } = remote();
    near.headers = named('aether@example.com');
    const id = await connect(near, none);
    const waiting = await outcome(id, { state: 'pairing', code: 'pairing_required' });
    expect(waiting.reason?.remedy).toContain('gateway.auth.password');
    await approve(gateway(), waiting);
    await outcome(id, { state: 'connected' });
  });

  test('gives who shows no device the scopes of the name, and the missing ones are told', async () => {
    const { near, connect, outcome } = remote();
    near.headers = named('reader@example.com');
    near.connect = ({ params, ...frame }) => ({ ...frame, params: { ...params, device: undefined } });
    const { reason } = await outcome(await connect(near, none), { state: 'refused', code: 'scope_missing' });
    expect(reason?.cause).toBe('The gateway withholds operator.write, operator.admin, operator.approvals.');
  });
});

describe('a real gateway that asks for nothing', () => {
  const gateway = useRealGateway({ trustedProxies: ['127.0.0.1'], auth: { mode: 'none' } });
  const remote = useRemote(gateway);

  test('lets in who shows the device alone, and takes a token for nothing', async () => {
    const { near, connect, outcome } = remote();
    await outcome(await connect(near, none), { state: 'connected' });
    await outcome(await connect(near, { credential: 'any' }), { state: 'connected' });
  });

  test('wants the device of who comes from elsewhere approved all the same', async () => {
    const { near, connect, outcome } = remote();
    near.headers = { 'x-forwarded-for': '203.0.113.9' };
    await outcome(await connect(near, none), { state: 'pairing', code: 'pairing_required' });
  });
});
