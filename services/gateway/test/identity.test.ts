import { randomUUID } from 'node:crypto';
import { authEvents } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SignJWT, generateKeyPair, type CryptoKey } from 'jose';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());

const me = (token: string, on = edge) => on.request('GET /api/v1/me', { token });

test('a key is asked for once, however many requests carry it at once', async () => {
  const { key, id } = edge.auth.keyOf('operator');
  const before = edge.auth.verifications;
  const answers = await Promise.all(Array.from({ length: 20 }, () => me(key)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(answers[0]?.body).toMatchObject({ type: 'key', id, role: 'operator' });
  expect(edge.auth.verifications - before).toBe(1);
});

test('a revoked key is refused as soon as its event is out', async () => {
  const { key, id } = edge.auth.keyOf('viewer');
  expect((await me(key)).status).toBe(200);
  edge.auth.revoke(key);
  await edge.publish(authEvents.apiKeyRevoked.subject, { apiKeyId: id });
  await eventually(async () => expect((await me(key)).status).toBe(401));
});

test.each<[string, () => Promise<string>]>([
  ['has expired', () => edge.auth.tokenOf('admin', { expiresInS: -5 })],
  ['was signed by another key', async () => signed({ key: (await generateKeyPair('EdDSA')).privateKey })],
  ['names another issuer', () => edge.auth.sign({ issuer: 'elsewhere' })],
  ['is for another audience', () => edge.auth.sign({ audience: 'elsewhere' })],
  ['has an unknown role', () => edge.auth.sign({ role: 'root' })],
  [
    'is signed by nobody',
    async () => `${encoded({ alg: 'none' })}.${encoded({ sub: randomUUID(), role: 'admin' })}.`,
  ],
])('a token that %s is refused', async (_what, make) => {
  const { status, body } = await me(await make());
  expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function signed({ key }: { key: CryptoKey }): Promise<string> {
  return new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'unknown' })
    .setSubject(randomUUID())
    .setIssuer('aether')
    .setAudience('aether-api')
    .setExpirationTime('5m')
    .sign(key);
}

test('tokens signed by a new key are taken once the keys may be fetched again', async () => {
  const other = await startEdge();
  await other.auth.rotate();
  // Nothing was verified yet, so the first question fetches the new keys.
  expect((await me(await other.auth.tokenOf('viewer'), other)).status).toBe(200);
  await other.stop();
});

test('a stranger is slowed down by address, an account by itself', async () => {
  const limited = await startEdge({
    environment: { RATE_ANONYMOUS_PER_MINUTE: '3', RATE_READ_PER_MINUTE: '4', RATE_SIGN_IN_PER_MINUTE: '2' },
  });
  const statusesOf = async (times: number, ask: () => Promise<{ status: number }>) => {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) statuses.push((await ask()).status);
    return statuses;
  };
  const viewer = await limited.auth.tokenOf('viewer');
  expect(await statusesOf(5, () => me(viewer, limited))).toEqual([200, 200, 200, 200, 429]);
  const other = await limited.auth.tokenOf('viewer');
  expect((await me(other, limited)).status).toBe(200);
  expect(await statusesOf(4, () => me('e30.e30.e30', limited))).toEqual([401, 401, 401, 429]);
  const asked = limited.auth.verifications;
  expect(await statusesOf(2, () => me(`aek_${randomUUID()}`, limited))).toEqual([429, 429]);
  expect(limited.auth.verifications).toBe(asked);
  const signIn = () =>
    limited.request('POST /api/v1/session', { json: { email: 'a@example.org', password: 'x' } });
  expect(await statusesOf(3, signIn)).toEqual([404, 404, 429]);
  const { headers, body } = await signIn();
  expect(body.code).toBe('rate_limited');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  await limited.stop();
});
