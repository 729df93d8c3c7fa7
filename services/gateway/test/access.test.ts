import { randomUUID } from 'node:crypto';
import { hasPermission } from '@aether/contracts/permissions';
import type { RouteSpec } from '@aether/contracts/route';
import { routes } from '@aether/contracts/routes';
import { Role } from '@aether/contracts/schemas';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bearers, startRealAuth, type Bearers } from './real-auth.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let auth: Awaited<ReturnType<typeof startRealAuth>>;
let as: Bearers;

beforeAll(async () => {
  edge = await startEdge({ absent: ['auth'] });
  auth = await startRealAuth(edge.nats);
  as = await bearers(edge, await auth.setUpToken());
});
afterAll(async () => {
  await auth.stop();
  await edge.stop();
});

const all = Object.entries<RouteSpec>(routes).map(([key, route]): [string, RouteSpec] => [
  key.replaceAll(/\{\w+\}/g, randomUUID()),
  route,
]);
const closed = all.filter(([, { access }]) => access !== 'public');

test.each(closed)('%s refuses an anonymous caller', async (key) => {
  const { status, body } = await edge.request(key);
  expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
});

test.each(closed)('%s refuses a token and a key that are not ours', async (key) => {
  for (const token of ['e30.e30.e30', `aek_${randomUUID()}`]) {
    const { status, body } = await edge.request(key, { token });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
  }
});

/** What concerns somebody's own account is refused to keys, so a person comes for it. */
const bearerFor = (role: Role, { access }: RouteSpec) =>
  access.startsWith('account:') ? as.sessionOf(role) : as.keyOf[role];

const tooLow = closed.flatMap(([key, route]) =>
  Role.options
    .filter((role) => route.access !== 'public' && !hasPermission({ role }, route.access))
    .map((role): [string, Role, RouteSpec] => [key, role, route]),
);

test.each(tooLow)('%s refuses the role %s', async (key, role, route) => {
  const { status, body } = await edge.request(key, { token: await bearerFor(role, route) });
  expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
});

const highEnough = closed.flatMap(([key, route]) =>
  Role.options
    .filter((role) => route.access !== 'public' && hasPermission({ role }, route.access))
    .map((role): [string, Role, RouteSpec] => [key, role, route]),
);

test.each(highEnough)('%s lets the role %s in', async (key, role, route) => {
  const { status } = await edge.request(key, { token: await bearerFor(role, route) });
  // What the owner says of an empty input is its own matter.
  expect([401, 403]).not.toContain(status);
  expect(status).toBeLessThan(500);
});

test('a refusal is made before the body is read', async () => {
  const { status } = await edge.request('POST /api/v1/deployments', {
    token: as.keyOf.viewer,
    body: '{"malformed',
    headers: { 'content-type': 'application/json' },
  });
  expect(status).toBe(403);
});
