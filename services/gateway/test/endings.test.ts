import { randomUUID } from 'node:crypto';
import { authEvents } from '@aether/contracts/auth';
import type { User } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LiveClient } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ environment: { LIVE_PING_INTERVAL_MS: '300' } });
});
afterAll(() => edge.stop());

const me = (token: string, on = edge) => on.request('GET /api/v1/me', { token });
const refused = (token: string) => eventually(async () => expect((await me(token)).status).toBe(401));
const userOf = (id: string, role: Role): User => ({
  id,
  role,
  email: 'ada@example.org',
  name: 'Ada',
  createdAt: new Date().toISOString(),
  disabledAt: null,
  secondFactor: false,
});

test('a session that ended is refused at once with its sockets; the others of the account go on', async () => {
  const id = randomUUID();
  const sid = randomUUID();
  const ended = await edge.auth.tokenOf('viewer', { id, sid });
  const other = await edge.auth.tokenOf('viewer', { id });
  const [endedSocket, otherSocket] = await Promise.all(
    [ended, other].map((token) => LiveClient.open(edge.url, { token })),
  );
  expect((await me(ended)).status).toBe(200);
  await edge.publish(authEvents.sessionRevoked.subject, { userId: id, sessionId: sid, reason: 'revoked' });
  await refused(ended);
  await eventually(() => expect(endedSocket?.closed?.code).toBe(4401));
  expect((await me(other)).status).toBe(200);
  expect(otherSocket?.closed).toBeNull();
  await otherSocket?.close();
});

test.each(['userDisabled', 'userDeleted'] as const)(
  '%s ends every token, key and socket of the person at once',
  async (name) => {
    const id = randomUUID();
    const token = await edge.auth.tokenOf('operator', { id });
    const { key } = edge.auth.keyOf('operator', { ownerId: id });
    const sockets = await Promise.all([token, key].map((one) => LiveClient.open(edge.url, { token: one })));
    edge.auth.revoke(key);
    expect((await me(key)).status).toBe(200);
    await edge.publish(authEvents[name].subject, { userId: id });
    await refused(token);
    await refused(key);
    for (const socket of sockets) await eventually(() => expect(socket.closed?.code).toBe(4401));
  },
);

test('a token that names a role its person no longer has is refused, a new one is taken', async () => {
  const id = randomUUID();
  const before = await edge.auth.tokenOf('admin', { id });
  const socket = await LiveClient.open(edge.url, { token: before });
  await edge.publish(authEvents.userChanged.subject, { user: userOf(id, 'viewer') });
  await refused(before);
  await eventually(() => expect(socket.closed?.code).toBe(4401));
  expect((await me(await edge.auth.tokenOf('viewer', { id }))).status).toBe(200);
});

test('somebody who is enabled again is let in again', async () => {
  const id = randomUUID();
  const token = await edge.auth.tokenOf('viewer', { id });
  await edge.publish(authEvents.userDisabled.subject, { userId: id });
  await refused(token);
  await edge.publish(authEvents.userEnabled.subject, { user: userOf(id, 'viewer') });
  await eventually(async () => expect((await me(token)).status).toBe(200));
});

test('a rotated key is asked for again, so that it ends when it is said to', async () => {
  const { key, id } = edge.auth.keyOf('viewer');
  expect((await me(key)).status).toBe(200);
  edge.auth.revoke(key);
  await edge.publish(authEvents.apiKeyRotated.subject, {
    apiKeyId: id,
    replacedBy: randomUUID(),
    endsAt: new Date().toISOString(),
  });
  await refused(key);
});

test('an edge that starts knows what ended while it was away', async () => {
  const [sid, userId] = [randomUUID(), randomUUID()];
  const late = await startEdge({ recentEndings: { sessionIds: [sid], users: [{ userId, role: null }] } });
  const ended = await late.auth.tokenOf('viewer', { sid });
  const disabled = await late.auth.tokenOf('viewer', { id: userId });
  for (const token of [ended, disabled])
    await eventually(async () => expect((await me(token, late)).status).toBe(401));
  expect((await me(await late.auth.tokenOf('viewer'), late)).status).toBe(200);
  await late.stop();
});

test('a key is held to its scopes at every route and topic, and told which one is missing', async () => {
  const { key } = edge.auth.keyOf('admin', { scopes: ['chats:read'] });
  expect((await me(key)).status).toBe(200);
  expect((await edge.request('GET /api/v1/chats', { token: key })).status).toBe(404);
  const { status, body } = await edge.request('GET /api/v1/users', { token: key });
  expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
  expect(body.detail).toContain('"users:read"');
  expect(body.detail).toContain('scopes');
  const client = await LiveClient.open(edge.url, { token: key });
  client.send({ type: 'subscribe', topic: 'events/deployer' });
  expect(await client.first('error')).toMatchObject({ code: 'forbidden', topic: 'events/deployer' });
  await client.subscribe('events/openclaw');
  await client.close();
});

test('a token whose signing key was withdrawn is refused at once, with its sockets', async () => {
  const withdrawn = await edge.auth.tokenOf('viewer');
  const socket = await LiveClient.open(edge.url, { token: withdrawn });
  await edge.auth.rotate();
  await edge.publish(authEvents.signingKeysRotated.subject, { kid: 'next', withdrawn: true });
  await refused(withdrawn);
  await eventually(() => expect(socket.closed?.code).toBe(4401));
  expect((await me(await edge.auth.tokenOf('viewer'))).status).toBe(200);
});
