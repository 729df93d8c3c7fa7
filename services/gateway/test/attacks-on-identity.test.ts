import { randomUUID } from 'node:crypto';
import { serviceContext } from '@aether/messaging/context';
import { contextPairs, toHeaders } from '@aether/messaging/headers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());

const claims = () => ({ sid: randomUUID(), role: 'admin', name: 'Eve' });
const dressed = <T extends SignJWT | UnsecuredJWT>(token: T) =>
  token.setSubject(randomUUID()).setIssuer('aether').setAudience('aether-api').setExpirationTime('5m') as T;

async function publicKey(): Promise<JWK> {
  const { body } = await edge.request('GET /api/v1/jwks.json');
  const [key] = body.keys as JWK[];
  if (!key) throw new Error('no key is published');
  return key;
}

test('algorithm confusion: a token signed by HS256 with the public key as its secret is refused', async () => {
  const key = await publicKey();
  for (const secret of [Buffer.from(String(key.x), 'base64url'), Buffer.from(JSON.stringify(key))])
    for (const alg of ['HS256', 'HS512']) {
      const long = Buffer.concat([secret, Buffer.alloc(Math.max(0, 64 - secret.length))]);
      const header = { alg, kid: String(key.kid) };
      const token = await dressed(new SignJWT(claims())).setProtectedHeader(header).sign(long);
      expect((await edge.request('GET /api/v1/me', { token })).status).toBe(401);
    }
});

test('algorithm confusion: a token that says it needs no signature is refused', async () => {
  const token = dressed(new UnsecuredJWT(claims())).encode();
  expect((await edge.request('GET /api/v1/me', { token })).status).toBe(401);
  const [head, , signature] = (await edge.auth.tokenOf('viewer')).split('.');
  const body = Buffer.from(JSON.stringify({ ...claims(), sub: randomUUID() })).toString('base64url');
  const grafted = [head, body, signature].join('.');
  expect((await edge.request('GET /api/v1/me', { token: grafted })).status).toBe(401);
});

test('forged identity headers: what a client says of itself never reaches a service', async () => {
  const id = randomUUID();
  const { status, body } = await edge.request('GET /api/v1/me', {
    token: await edge.auth.tokenOf('viewer', { id }),
    headers: {
      'x-actor-type': 'service',
      'x-actor-id': 'deployer',
      'x-actor-role': 'admin',
      'x-actor-owner-id': randomUUID(),
      'x-actor-scopes': 'users:write',
      'x-visible-to': id,
    },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ type: 'user', id, role: 'viewer' });
});

test('header injection: a value with a line break is never sent over NATS', () => {
  const context = serviceContext('test');
  for (const field of ['correlationId', 'idempotencyKey', 'causationId'] as const)
    for (const lineBreak of ['\r\n', '\n', '\r']) {
      const value = `x${lineBreak}x-actor-role: admin`;
      expect(() => toHeaders(contextPairs({ ...context, [field]: value }))).toThrow();
    }
});

test('escalation by token: a role or a scope that does not exist gives nothing', async () => {
  const token = await edge.auth.sign({ role: 'root' });
  expect((await edge.request('GET /api/v1/me', { token })).status).toBe(401);
});
