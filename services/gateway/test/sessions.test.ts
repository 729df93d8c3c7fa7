import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EMAIL, PASSWORD, bearers, startRealAuth } from './real-auth.js';
import { startEdge, type Answer, type Edge } from './start-edge.js';

let edge: Edge;
let auth: Awaited<ReturnType<typeof startRealAuth>>;

beforeAll(async () => {
  edge = await startEdge({ absent: ['auth'], environment: { CORS_ORIGINS: 'https://console.example' } });
  auth = await startRealAuth(edge.nats);
  await bearers(edge, await auth.setUpToken());
});
afterAll(async () => {
  await auth.stop();
  await edge.stop();
});

const signIn = (headers?: Record<string, string>) =>
  edge.request('POST /api/v1/session', {
    json: { email: EMAIL, password: PASSWORD },
    ...(headers && { headers }),
  });

/** Cookies of an answer as a browser would send them back. */
const cookiesOf = ({ headers }: Answer) =>
  Object.fromEntries(
    headers.getSetCookie().map((line) => {
      const [pair = ''] = line.split(';');
      return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    }),
  );
const cookieHeader = (answer: Answer) => ({
  cookie: Object.entries(cookiesOf(answer))
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
});

test('signing in gives an access token, and the refresh token in a cookie that scripts cannot read', async () => {
  const answer = await signIn();
  expect(answer.status).toBe(201);
  expect(Object.keys(answer.body).sort()).toEqual(['accessToken', 'accessTokenExpiresAt', 'user']);
  const [access, refresh] = answer.headers.getSetCookie();
  expect(access).toMatch(/^aether_access=.*Path=\/api\/v1;.*HttpOnly;.*SameSite=Strict/);
  expect(refresh).toMatch(/^aether_refresh=.*Path=\/api\/v1\/session;.*HttpOnly;.*SameSite=Strict/);
  expect(answer.text).not.toContain(cookiesOf(answer).aether_refresh);
});

test('the access cookie signs a page in', async () => {
  const { status, body } = await edge.request('GET /api/v1/me', { headers: cookieHeader(await signIn()) });
  expect(status).toBe(200);
  expect(body).toMatchObject({ email: EMAIL, role: 'admin' });
});

test('a refresh gives new cookies; one without a cookie is a 401', async () => {
  const session = await signIn();
  const refreshed = await edge.request('POST /api/v1/session/refresh', { headers: cookieHeader(session) });
  expect(refreshed.status).toBe(200);
  expect(cookiesOf(refreshed).aether_refresh).not.toBe(cookiesOf(session).aether_refresh);
  expect(Object.keys(refreshed.body)).not.toContain('refreshToken');
  const without = await edge.request('POST /api/v1/session/refresh');
  expect({ status: without.status, code: without.body.code }).toEqual({
    status: 401,
    code: 'unauthenticated',
  });
});

test('a refresh token is taken from the cookie only', async () => {
  const session = await signIn();
  const { aether_refresh: refreshToken } = cookiesOf(session);
  const { status, body } = await edge.request('POST /api/v1/session/refresh', {
    json: { refreshToken },
    headers: cookieHeader(session),
  });
  expect(status).toBe(400);
  expect(body.issues?.[0]?.path).toBe('refreshToken');
});

test('a refresh token that is not valid clears the cookies', async () => {
  const answer = await edge.request('POST /api/v1/session/refresh', {
    headers: { cookie: `aether_refresh=${'x'.repeat(43)}` },
  });
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe('refresh_token_invalid');
  expect(cookiesOf(answer)).toEqual({ aether_access: '', aether_refresh: '' });
});

test('signing out ends the session and clears the cookies', async () => {
  const session = await signIn();
  const out = await edge.request('DELETE /api/v1/session', { headers: cookieHeader(session) });
  expect(out.status).toBe(200);
  expect(cookiesOf(out)).toEqual({ aether_access: '', aether_refresh: '' });
  const after = await edge.request('POST /api/v1/session/refresh', { headers: cookieHeader(session) });
  expect(after.status).toBe(401);
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['an opaque origin', { origin: 'null' }],
])(
  'a page of %s cannot change anything by cookie, nor start, refresh or end a session',
  async (_what, from) => {
    const headers = { ...cookieHeader(await signIn()), ...from };
    for (const key of [
      'POST /api/v1/deployments',
      'POST /api/v1/session/refresh',
      'DELETE /api/v1/session',
    ]) {
      const { status, body } = await edge.request(key, { headers });
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
    }
    expect((await signIn(from)).status).toBe(403);
  },
);

test.each([
  ['our own page', () => ({ origin: edge.url, 'sec-fetch-site': 'same-origin' })],
  ['an origin that was named', () => ({ origin: 'https://console.example', 'sec-fetch-site': 'cross-site' })],
  ['no browser', () => ({})],
])('%s may act by cookie', async (_what, from) => {
  const headers = { ...cookieHeader(await signIn()), ...from() };
  const { status } = await edge.request('POST /api/v1/session/refresh', { headers });
  expect(status).toBe(200);
});

test('an administrator reads the figures that the service tells of itself', async () => {
  const { accessToken } = (await signIn()).body;
  const { status, text } = await edge.request('GET /metrics', { token: String(accessToken) });
  expect(status).toBe(200);
  expect(text).toContain('aether_up{service="auth"} 1');
  expect(text).toMatch(/^aether_outbox_lag_seconds\{service="auth"\} \d/m);
  expect(text).toContain('aether_dead_letters{service="auth"} 0');
});
