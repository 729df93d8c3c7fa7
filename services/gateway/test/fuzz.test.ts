import { Agent, request } from 'node:http';
import { LiveServerFrame } from '@aether/contracts/live-frames';
import { Problem } from '@aether/contracts/problem';
import { eventTopics, liveTopics, routes } from '@aether/contracts/routes';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allErrors } from '../src/documents/error-codes.js';
import { LiveClient } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let token: string;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const codes = new Set(allErrors().map(([code]) => code));

beforeAll(async () => {
  edge = await startEdge({
    environment: { LIVE_FRAMES_PER_SECOND_MAX: '100000', BODY_LIMIT_BYTES: '16384' },
  });
  token = await edge.auth.tokenOf('admin');
});
afterAll(async () => {
  agent.destroy();
  await edge.stop();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends what a well-behaved client library would refuse to send. */
function send({ method, path, headers, body }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${edge.url}/`, { agent, method, path, headers, timeout: 5_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (data: string) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const visible = fc.string({ unit: fc.constantFrom(...'abz019-_.~%!*:@&=+$,;/?[]{}"\\<>|^`') });
const segment = fc.oneof(
  fc.uuid(),
  fc.constantFrom('first', '..', '.', '%', '%zz', '%00', '%2f', '__proto__', 'constructor', 'x'.repeat(300)),
  fc.string().map(encodeURIComponent),
  visible.map((text) => text.replaceAll(/[/?#]/g, '')),
);
const field = fc.oneof(
  fc.constantFrom(
    'id',
    'name',
    'limit',
    'cursor',
    'after',
    'raw',
    'role',
    'token',
    'email',
    'password',
    'text',
  ),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'refreshToken', ''),
  fc.string(),
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.dictionary(field, fc.jsonValue()).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '{', 'null', '"x"', '[[[[', '{"a":'.repeat(3_000), 'x'.repeat(20_000)),
  },
);
const query = fc.oneof(
  fc.constant(''),
  fc.dictionary(field, fc.string()).map((fields) => `?${new URLSearchParams(fields).toString()}`),
  visible.map((text) => `?${text.replaceAll('#', '')}`),
);
const printable = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const headers = fc.record(
  {
    'content-type': fc.oneof(
      { weight: 8, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'application/json; charset=utf-7',
          'multipart/form-data',
          '',
        ),
      },
    ),
    'idempotency-key': printable,
    origin: fc.oneof(fc.webUrl(), printable),
    'sec-fetch-site': printable,
    cookie: printable,
    accept: printable,
    'x-forwarded-for': printable,
    'x-actor-role': fc.constant('admin'),
    expect: fc.constantFrom('100-continue'),
  },
  { requiredKeys: ['content-type'] },
);
const identity = fc.oneof(
  { weight: 6, arbitrary: fc.constant('valid') },
  { weight: 1, arbitrary: printable },
  { weight: 1, arbitrary: printable.map((text) => `Bearer ${text}`) },
  { weight: 1, arbitrary: printable.map((text) => `Bearer aek_${text}`) },
);

test.each(Object.keys(routes))('%s never answers a 5xx and never hangs, whatever is sent', async (key) => {
  const [method = '', template = ''] = key.split(' ');
  const sent = fc.record({
    segments: fc.array(segment, { minLength: 3, maxLength: 3 }),
    query:
      method === 'GET' || method === 'DELETE'
        ? query
        : fc.oneof({ weight: 5, arbitrary: fc.constant('') }, query),
    headers,
    identity,
    body: method === 'GET' ? fc.constant('') : body,
  });
  await fc.assert(
    fc.asyncProperty(sent, async (given) => {
      let index = 0;
      const path = template.replaceAll(/\{\w+\}/g, () => given.segments[index++] ?? 'x') + given.query;
      const authorization = given.identity === 'valid' ? `Bearer ${token}` : given.identity;
      const answer = await send({
        method,
        path,
        headers: { ...given.headers, authorization },
        body: given.body,
      });
      expect(answer.status).toBeLessThan(500);
      expect(answer.status).toBeGreaterThanOrEqual(200);
      if (answer.status < 400) return;
      const problem = Problem.parse(JSON.parse(answer.text));
      expect(problem.status).toBe(answer.status);
      expect(codes).toContain(problem.code);
      expect(problem.hint).not.toBe('');
    }),
    { numRuns: 40 },
  );
});

const topic = fc.oneof(
  fc.constantFrom(...Object.keys(eventTopics).map((owner) => `events/${owner}`)),
  fc.tuple(fc.constantFrom(...Object.keys(liveTopics)), fc.uuid()).map((parts) => parts.join('/')),
  fc.string(),
);
const frame = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('subscribe', 'unsubscribe', 'ping'),
      topic,
      after: fc.oneof(fc.string(), fc.nat().map(String)),
    },
    { requiredKeys: ['type'] },
  ),
  fc.dictionary(fc.constantFrom('type', 'topic', 'after', '__proto__', 'x'), fc.jsonValue()),
  fc.jsonValue(),
);
const payload = fc.oneof(
  { weight: 5, arbitrary: frame.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
);

test('no frame breaks a live socket: each is answered by a frame of the contract, and the socket goes on', async () => {
  const client = await LiveClient.open(edge.url, { token });
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { minLength: 1, maxLength: 8 }), async (payloads) => {
      const pongs = client.of('pong').length;
      for (const data of payloads) client.ws.send(data);
      client.send({ type: 'ping' });
      await eventually(() => expect(client.of('pong').length).toBeGreaterThan(pongs), { intervalMs: 1 });
      for (const received of client.received) {
        LiveServerFrame.parse(received);
        if (received.type === 'error') expect(codes).toContain(received.code);
        if (received.type === 'error')
          expect(['internal', 'unavailable', 'timeout']).not.toContain(received.code);
      }
      client.received.length = 0;
      expect(client.closed).toBeNull();
    }),
    { numRuns: 300 },
  );
  await client.close();
});
