import { randomUUID } from 'node:crypto';
import { authCatalog, authEvents } from '@aether/contracts/auth';
import { hasPermission, type Requirement } from '@aether/contracts/permissions';
import { eventTopics, liveTopics } from '@aether/contracts/routes';
import { Role } from '@aether/contracts/schemas';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { LiveClient, refusedUpgrade } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;

beforeAll(async () => {
  edge = await startEdge({
    environment: {
      CORS_ORIGINS: 'https://console.example',
      LIVE_PING_INTERVAL_MS: '300',
      LIVE_SOCKETS_PER_ACTOR_MAX: '3',
      LIVE_SUBSCRIPTIONS_MAX: '2',
      LIVE_FRAMES_PER_SECOND_MAX: '20',
      LIVE_FRAME_BYTES_MAX: '2048',
    },
  });
});
afterAll(() => edge.stop());

const topics: [string, Requirement][] = [
  ...Object.entries(liveTopics).map(([name, { access }]): [string, Requirement] => [
    `${name}/${randomUUID()}`,
    access,
  ]),
  ...Object.entries(eventTopics).map(([name, { access }]): [string, Requirement] => [
    `events/${name}`,
    access,
  ]),
];

test.each(topics)('topic %s refuses each role without %s and takes the others', async (topic, access) => {
  for (const role of Role.options) {
    const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf(role) });
    client.send({ type: 'subscribe', topic });
    if (hasPermission({ role }, access)) {
      // The owner played here has no such thing; the edge did let the question through.
      await eventually(() => expect(client.received).toHaveLength(1));
      expect(client.received[0]).not.toMatchObject({ code: 'forbidden' });
    } else expect(await client.first('error')).toMatchObject({ code: 'forbidden', topic });
    await client.close();
  }
});

test.each([
  ['nothing', {}],
  ['a token that is not ours', { token: 'abc.def.ghi' }],
  ['an unknown key', { token: `aek_${randomUUID()}` }],
  ['another scheme', { headers: { authorization: 'Basic eDp5' } }],
])('an upgrade with %s is refused before the handshake', async (_what, options) => {
  const { status, body } = await refusedUpgrade(edge.url, options);
  expect(status).toBe(401);
  expect(body).toMatchObject({ code: 'unauthenticated', instance: '/api/v1/live' });
});

test('a cookie opens a socket for our own pages and named origins only', async () => {
  const cookie = `aether_access=${await edge.auth.tokenOf('viewer')}`;
  const own = await LiveClient.open(edge.url, { headers: { cookie }, origin: edge.url });
  const named = await LiveClient.open(edge.url, { headers: { cookie }, origin: 'https://console.example' });
  const { status, body } = await refusedUpgrade(edge.url, {
    headers: { cookie },
    origin: 'https://evil.example',
  });
  expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
  await Promise.all([own.close(), named.close()]);
});

test('a GET without an upgrade is told that the address speaks WebSocket', async () => {
  const { status, body } = await edge.request('GET /api/v1/live', {
    token: await edge.auth.tokenOf('viewer'),
  });
  expect({ status, code: body.code }).toEqual({ status: 426, code: 'upgrade_required' });
});

test('an upgrade header at another address changes nothing', async () => {
  const { status } = await edge.request('GET /health/live', { headers: {} });
  const upgraded = await new Promise<number>((resolve, reject) => {
    import('node:http')
      .then(({ request }) =>
        request(
          `${edge.url}/health/live`,
          { headers: { connection: 'upgrade', upgrade: 'websocket' } },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        )
          .on('error', reject)
          .end(),
      )
      .catch(reject);
  });
  expect([status, upgraded]).toEqual([200, 200]);
});

test('an incomplete handshake is a 400 problem', async () => {
  const token = await edge.auth.tokenOf('viewer');
  const { request } = await import('node:http');
  const status = await new Promise<number>((resolve, reject) => {
    request(
      `${edge.url}/api/v1/live`,
      { headers: { connection: 'upgrade', upgrade: 'websocket', authorization: `Bearer ${token}` } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(400);
});

test('an account may not open more sockets than the limit, and may again after closing one', async () => {
  const token = await edge.auth.tokenOf('viewer');
  const sockets = await Promise.all([1, 2, 3].map(() => LiveClient.open(edge.url, { token })));
  const { status, body } = await refusedUpgrade(edge.url, { token });
  expect({ status, code: body.code }).toEqual({ status: 429, code: 'too_many_sockets' });
  await sockets[0]?.close();
  const another = await eventually(() => LiveClient.open(edge.url, { token }));
  await Promise.all([another, ...sockets].map((socket) => socket.close()));
});

test('a revoked key closes its sockets at once', async () => {
  const { key, id } = edge.auth.keyOf('viewer');
  const client = await LiveClient.open(edge.url, { token: key });
  edge.auth.revoke(key);
  await edge.publish(authEvents.apiKeyRevoked.subject, { apiKeyId: id });
  await eventually(() => expect(client.closed?.code).toBe(4401));
  const { status } = await edge.request('GET /api/v1/me', { token: key });
  expect(status).toBe(401);
  expect(authCatalog.owner).toBe('auth');
});

test('an access token that expires closes its socket', async () => {
  const client = await LiveClient.open(edge.url, {
    token: await edge.auth.tokenOf('viewer', { expiresInS: 2 }),
  });
  await eventually(() => expect(client.closed?.code).toBe(4401));
});

test('a client that stops answering pings is cut', async () => {
  const token = await edge.auth.tokenOf('viewer');
  const client = await LiveClient.open(edge.url, { token, autoPong: false });
  await eventually(() => expect(client.closed?.code).toBe(1006));
});

test('subscribing again starts over, unsubscribing ends, a topic too many is refused', async () => {
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  await client.subscribe('events/models');
  await client.subscribe('events/models');
  await client.subscribe('events/openclaw');
  client.send({ type: 'subscribe', topic: 'events/deployer' });
  expect(await client.first('error')).toMatchObject({
    code: 'too_many_subscriptions',
    topic: 'events/deployer',
  });
  client.send({ type: 'unsubscribe', topic: 'events/openclaw' });
  await client.subscribe('events/deployer');
  await client.close();
});

test.each([
  ['not JSON', 'hello', 'invalid_input'],
  ['another type', '{"type":"shout"}', 'invalid_input'],
  ['an unknown field', '{"type":"ping","x":1}', 'invalid_input'],
  ['a prototype', '{"type":"subscribe","topic":"__proto__/x"}', 'not_found'],
  ['a topic that is not there', '{"type":"subscribe","topic":"events/nobody"}', 'not_found'],
  ['an id that is none', '{"type":"subscribe","topic":"chat/1"}', 'not_found'],
])('a frame with %s is answered by an error frame, and the socket lives on', async (_what, text, code) => {
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  client.ws.send(text);
  expect(await client.first('error')).toMatchObject({ code, hint: expect.any(String) });
  client.send({ type: 'ping' });
  await client.first('pong');
  await client.close();
});

test('a binary frame is an error, a frame beyond the limit closes with 1009', async () => {
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  client.ws.send(Buffer.from('{"type":"ping"}'), { binary: true });
  expect(await client.first('error')).toMatchObject({ code: 'invalid_input' });
  client.ws.send('x'.repeat(3_000));
  await eventually(() => expect(client.closed?.code).toBe(1009));
});

test('a client that sends too many frames is told once, and cut when it goes on', async () => {
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  for (let index = 0; index < 2_000; index += 1) client.send({ type: 'ping' });
  await eventually(() => expect(client.closed?.code).toBe(4429));
  expect(client.of('error').length).toBeLessThanOrEqual(2);
  expect(client.of('error')[0]).toMatchObject({ code: 'rate_limited' });
});

test('stopping the gateway tells every socket that it goes away', async () => {
  const other = await startEdge();
  const client = await LiveClient.open(other.url, { token: await other.auth.tokenOf('viewer') });
  await client.subscribe('events/models');
  await other.stop();
  await eventually(() => expect(client.closed?.code).toBe(1001));
});
