import { randomUUID } from 'node:crypto';
import { authCatalog } from '@aether/contracts/auth';
import { afterAll, expect, test } from '@jest/globals';
import { LiveClient, refusedUpgrade } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

const edges: Edge[] = [];
afterAll(async () => {
  for (const edge of edges) await edge.stop();
});

/** An edge whose `auth` signs everybody in and remembers where they came from. */
async function edgeBehind(trusted: string): Promise<{ edge: Edge; addresses: string[] }> {
  const edge = await startEdge({ environment: { TRUSTED_PROXIES: trusted }, absent: ['auth'] });
  edges.push(edge);
  const addresses: string[] = [];
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  await edge.play(authCatalog, {
    ...edge.auth.handlers,
    signIn: async (input) => {
      addresses.push((input as { client: { address: string } }).client.address);
      const id = randomUUID();
      return {
        accessToken: await edge.auth.tokenOf('viewer', { id }),
        accessTokenExpiresAt: inMinutes(10),
        refreshToken: 'r'.repeat(43),
        refreshTokenExpiresAt: inMinutes(60),
        user: {
          id,
          name: 'Ada',
          email: 'ada@example.org',
          role: 'viewer',
          secondFactor: false,
          createdAt: inMinutes(0),
          disabledAt: null,
        },
      };
    },
  });
  return { edge, addresses };
}

const signIn = (edge: Edge, headers: Record<string, string>) =>
  edge.request('POST /api/v1/session', { json: { email: 'ada@example.org', password: 'x' }, headers });

const forwarded = {
  'x-forwarded-for': '203.0.113.9, 10.1.1.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'aether.example',
};

test.each([
  { trusted: '0', what: 'no proxy', address: '127.0.0.1', secure: false },
  { trusted: '1', what: 'one hop', address: '10.1.1.1', secure: true },
  { trusted: '2', what: 'two hops', address: '203.0.113.9', secure: true },
  { trusted: '127.0.0.1, 10.0.0.0/8', what: 'proxies by range', address: '203.0.113.9', secure: true },
  { trusted: '192.0.2.0/24', what: 'proxies elsewhere', address: '127.0.0.1', secure: false },
])(
  'with $what trusted, the client is at $address and cookies are secure: $secure',
  async ({ trusted, address, secure }) => {
    const { edge, addresses } = await edgeBehind(trusted);
    const { status, headers } = await signIn(edge, forwarded);
    expect(status).toBe(201);
    expect(addresses).toEqual([address]);
    for (const cookie of headers.getSetCookie()) expect(cookie.includes('Secure')).toBe(secure);
    // A page of the name that people use may open a live socket, where the proxy that says so is believed.
    const token = await edge.auth.tokenOf('viewer');
    const page = { ...forwarded, cookie: `aether_access=${token}`, origin: 'https://aether.example' };
    if (secure) await (await LiveClient.open(edge.url, { headers: page })).close();
    else expect((await refusedUpgrade(edge.url, { headers: page })).status).toBe(403);
  },
);

test('an address that a client makes up does not give it another allowance', async () => {
  const edge = await startEdge({ environment: { TRUSTED_PROXIES: '1', RATE_ANONYMOUS_PER_MINUTE: '2' } });
  edges.push(edge);
  const ask = (madeUp: string) =>
    edge.request('GET /api/v1/setup', { headers: { 'x-forwarded-for': `${madeUp}, 198.51.100.7` } });
  const statuses = [];
  for (const madeUp of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) statuses.push((await ask(madeUp)).status);
  expect(statuses).toEqual([200, 200, 429]);
});
