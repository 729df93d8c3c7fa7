import { describe, expect, test } from '@jest/globals';
import { useRealGateway } from '@aether/testing/real-gateway';
import type { ConnectFrame } from '@aether/testing/tampering-proxy';
import { useRemote, without, type Expected } from './remote-under-test.js';

/**
 * Whom a real gateway that asks for a token lets in, by what the client says it is and where it comes from. The bridge
 * always is `gateway-client` in mode `backend` with a device; a proxy has it be another.
 */
const gateway = useRealGateway({ bind: 'lan', trustedProxies: ['127.0.0.1'] });
const remote = useRemote(gateway);

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly here: Expected;
  readonly elsewhere: Expected;
}

const connected: Expected = { state: 'connected' };
const pairing: Expected = { state: 'pairing', code: 'pairing_required' };
const refused = (code: string): Expected => ({ state: 'refused', code });
const withheld = refused('scope_missing');
const notAPage = refused('origin_not_allowed');
const isUi = refused('ui_device_identity_required');
const cloudflare = { 'cf-access-client-id': 'a', 'cf-access-client-secret': 'b' };

describe('without a device', () => {
  test.each([
    { id: 'gateway-client', mode: 'backend', here: connected, elsewhere: withheld },
    { id: 'cli', mode: 'cli', here: connected, elsewhere: withheld },
    { id: 'gateway-client', mode: 'ui', here: withheld, elsewhere: withheld },
    { id: 'gateway-client', mode: 'cli', here: withheld, elsewhere: withheld },
    { id: 'cli', mode: 'backend', here: withheld, elsewhere: withheld },
    { id: 'test', mode: 'test', here: withheld, elsewhere: withheld },
    { id: 'openclaw-probe', mode: 'probe', here: withheld, elsewhere: withheld },
    { id: 'openclaw-macos', mode: 'ui', here: withheld, elsewhere: withheld },
    { id: 'gateway-client', mode: 'webchat', here: notAPage, elsewhere: notAPage },
    { id: 'webchat', mode: 'webchat', here: notAPage, elsewhere: notAPage },
    { id: 'openclaw-control-ui', mode: 'ui', here: notAPage, elsewhere: notAPage },
    { id: 'openclaw-tui', mode: 'ui', here: isUi, elsewhere: isUi },
  ])('$id in mode $mode, from the gateway’s own machine and from elsewhere', async (client) => {
    const { near, far, connect, outcome } = remote();
    const { id, mode, here, elsewhere } = client;
    near.connect = far.connect = (frame) => without(frame, {}, { id, mode });
    await outcome(await connect(near), here);
    await outcome(await connect(far), elsewhere);
  });

  test('a node, from either', async () => {
    const { near, far, connect, outcome } = remote();
    near.connect = far.connect = (frame) => without(frame, { role: 'node', scopes: [] });
    for (const proxy of [near, far]) await outcome(await connect(proxy), refused('device_identity_required'));
  });

  test.each<Sent>([
    { headers: { origin: 'http://127.0.0.1:3000' }, here: withheld, elsewhere: notAPage },
    { headers: { origin: 'http://elsewhere.example' }, here: notAPage, elsewhere: notAPage },
    { headers: cloudflare, here: connected, elsewhere: withheld },
    { headers: { 'cf-connecting-ip': '203.0.113.9' }, here: connected, elsewhere: withheld },
    { headers: { host: 'gateway.example:1' }, here: connected, elsewhere: withheld },
  ])('with $headers, from the gateway’s own machine and from elsewhere', async (sent) => {
    const { near, far, connect, outcome } = remote();
    for (const proxy of [near, far]) {
      proxy.headers = sent.headers;
      proxy.connect = (frame) => without(frame);
    }
    await outcome(await connect(near), sent.here);
    await outcome(await connect(far), sent.elsewhere);
  });

  test('through a proxy that it trusts, which says that the client comes from elsewhere', async () => {
    const { near, connect, outcome } = remote();
    near.headers = { 'x-forwarded-for': '203.0.113.9' };
    near.connect = (frame) => without(frame);
    const { reason } = await outcome(await connect(near), withheld);
    expect(reason?.cause).toContain('operator.read, operator.write, operator.admin, operator.approvals');
  });
});

describe('with a device', () => {
  const as = (id: string, mode: string) => (frame: ConnectFrame) => ({
    client: { ...frame.params.client, id, mode } as ConnectFrame['params']['client'],
  });

  test.each([
    ['gateway-client', 'backend'],
    ['gateway-client', 'ui'],
    ['cli', 'cli'],
    ['test', 'test'],
  ])('%s in mode %s is let in from its own machine, and approved from elsewhere', async (id, mode) => {
    const { near, far, connectAs, outcome } = remote();
    await outcome(await connectAs(near, as(id, mode)), connected);
    await outcome(await connectAs(far, as(id, mode)), pairing);
  });

  test.each<Sent>([
    { headers: { origin: 'http://127.0.0.1:3000' }, here: pairing, elsewhere: notAPage },
    { headers: { origin: 'http://elsewhere.example' }, here: notAPage, elsewhere: notAPage },
    { headers: { 'x-forwarded-for': '203.0.113.9' }, here: pairing, elsewhere: refused('proxy_not_trusted') },
    { headers: cloudflare, here: connected, elsewhere: pairing },
    { headers: { 'cf-connecting-ip': '203.0.113.9' }, here: connected, elsewhere: pairing },
    { headers: { host: 'gateway.example:1' }, here: connected, elsewhere: pairing },
  ])('the bridge itself with $headers', async ({ headers, here, elsewhere }) => {
    const { near, far, connect, outcome } = remote();
    near.headers = far.headers = headers;
    await outcome(await connect(near), here);
    await outcome(await connect(far), elsewhere);
  });
});
