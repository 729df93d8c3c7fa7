import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let token: string;

beforeAll(async () => {
  edge = await startEdge({
    environment: { CORS_ORIGINS: 'https://console.example', BODY_LIMIT_BYTES: '65536' },
  });
  token = await edge.auth.tokenOf('admin');
});
afterAll(() => edge.stop());

const SETUP = { token: 'x'.repeat(16), email: 'ada@example.org', password: 'correct horse battery' };

/** Sends bytes as they are and returns the whole answer. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(edge.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(8_000, () => socket.destroy(new Error('no answer')));
  });
}

test('an unknown address is a 404 problem that says where to look', async () => {
  const { status, body, headers } = await edge.request('GET /api/v1/nothing');
  expect(status).toBe(404);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(body).toMatchObject({
    type: '/api/v1/docs/errors#not_found',
    code: 'not_found',
    instance: '/api/v1/nothing',
    correlationId: headers.get('x-correlation-id'),
  });
  expect(body.hint).toContain('/api/v1/docs');
});

test('another method at a known address is a 405 that lists what is allowed', async () => {
  const { status, body, headers } = await edge.request('PUT /api/v1/api-keys');
  expect(status).toBe(405);
  expect(body.code).toBe('method_not_allowed');
  expect(headers.get('allow')).toBe('GET, POST');
});

test.each([
  { what: 'malformed JSON', text: '{"a"' },
  { what: 'a body that is not an object', text: '[1]' },
  { what: 'a prototype in the body', text: '{"__proto__": {"role": "admin"}}' },
  { what: 'a constructor in the body', text: '{"constructor": {"prototype": {"role": "admin"}}}' },
  { what: 'a body nested too deeply', text: `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}` },
])('$what is refused', async ({ text }) => {
  const { status, body } = await edge.request('POST /api/v1/setup', {
    body: text,
    headers: { 'content-type': 'application/json' },
  });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_input' });
  expect(body.detail).toBeTruthy();
});

test('a body that is too large is a 413', async () => {
  const { status, body } = await edge.request('POST /api/v1/setup', { json: { a: 'x'.repeat(70_000) } });
  expect({ status, code: body.code }).toEqual({ status: 413, code: 'payload_too_large' });
});

test('a body that is not JSON is a 415', async () => {
  const { status, body } = await edge.request('POST /api/v1/setup', {
    body: 'a=1',
    headers: { 'content-type': 'text/plain' },
  });
  expect({ status, code: body.code }).toEqual({ status: 415, code: 'unsupported_media_type' });
});

test('a bad percent-encoding is a 400 problem', async () => {
  const { status, body } = await edge.request('GET /api/v1/deployments/%zz', { token });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_input' });
});

test('headers that are too large are a 431 problem', async () => {
  const answer = await raw(`GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('"code":"headers_too_large"');
});

test('what is not HTTP gets a 400 problem and the connection is closed', async () => {
  const answer = await raw('hello there\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"invalid_input"');
});

test('unknown fields of body, nested body and query are refused by name', async () => {
  const body = await edge.request('POST /api/v1/setup', { json: { ...SETUP, passwort: 'x' } });
  expect(body.status).toBe(400);
  expect(body.body.issues).toEqual([{ path: 'passwort', message: 'is not a field of this request' }]);
  const query = await edge.request('GET /api/v1/deployments?limt=3', { token });
  expect(query.body.issues).toEqual([{ path: 'limt', message: 'is not a field of this request' }]);
});

test('a field that the path gives cannot be given again', async () => {
  const { status, body } = await edge.request('POST /api/v1/deployments/first/start', {
    token,
    json: { id: 'other' },
  });
  expect(status).toBe(400);
  expect(body.issues).toEqual([{ path: 'id', message: 'is given by the path already' }]);
});

test('faults of the input are listed by field', async () => {
  const { status, body } = await edge.request('POST /api/v1/setup', {
    json: { ...SETUP, password: 'short' },
  });
  expect(status).toBe(400);
  expect(body.issues).toEqual([{ path: 'password', message: 'use at least 12 characters' }]);
});

test('a POST without a body but with a JSON header is taken as an empty body', async () => {
  const { body } = await edge.request('POST /api/v1/deployments/first/start', {
    token,
    headers: { 'content-type': 'application/json' },
  });
  // The owner answered: the edge let it through.
  expect(body.code).toBe('not_found');
});

test.each([
  ['with a space', 'a b'],
  ['longer than 255', 'k'.repeat(256)],
  ['beyond ASCII', 'schl\u00fcssel'],
])('an Idempotency-Key %s is refused', async (_what, key) => {
  const { status, body } = await edge.request('POST /api/v1/setup', {
    json: SETUP,
    headers: { 'idempotency-key': key },
  });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_input' });
  expect(body.issues?.[0]?.path).toBe('Idempotency-Key');
});

test('identity headers of a client are ignored', async () => {
  const { status, body } = await edge.request('GET /api/v1/me', {
    token: await edge.auth.tokenOf('viewer'),
    headers: { 'x-actor-role': 'admin', 'x-actor-id': 'root', 'x-correlation-id': 'mine' },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ type: 'user', role: 'viewer' });
});

test('an owner that is away is a 503 that names it', async () => {
  const lone = await startEdge({ absent: ['models'] });
  const { status, body, headers } = await lone.request('GET /api/v1/models', {
    token: await lone.auth.tokenOf('viewer'),
  });
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
  expect(body.detail).toContain('models');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  const ready = await lone.request('GET /health/ready');
  expect(ready.status).toBe(503);
  expect(ready.body.checks).toContainEqual({
    name: 'models',
    ok: false,
    detail: expect.stringContaining('models'),
  });
  await lone.stop();
});

test('only the origins that were named may use the API from other pages', async () => {
  const ask = (origin: string) =>
    edge.request('OPTIONS /api/v1/deployments', {
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  expect((await ask('https://console.example')).headers.get('access-control-allow-origin')).toBe(
    'https://console.example',
  );
  expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('pages run no script but files of this origin and inline ones that the policy names by their hash', async () => {
  for (const path of ['/', '/setup', '/invite', '/api/v1/docs', '/api/v1/docs/']) {
    const { status, headers, text } = await edge.request(`GET ${path}`);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    const allowed = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
    expect(allowed).toMatch(/^'self'(?: 'sha256-[\w+/=]+')*$/);
    for (const [, script = ''] of text.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g))
      expect(allowed).toContain(createHash('sha256').update(script).digest('base64'));
    expect(text).not.toMatch(/(src|href)="https?:/);
  }
});

test('a file outside the pages cannot be read', async () => {
  const answer = await raw('GET /assets/../package.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
});
