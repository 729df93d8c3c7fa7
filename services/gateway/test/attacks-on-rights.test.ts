import { routes } from '@aether/contracts/routes';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EMAIL, PASSWORD, bearers, startRealAuth, type Bearers } from './real-auth.js';
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

async function signIn(email: string): Promise<string> {
  const { body } = await edge.request('POST /api/v1/session', { json: { email, password: PASSWORD } });
  return String(body.accessToken);
}

interface Person {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly name: string;
}

async function people(): Promise<Person[]> {
  const { body } = await edge.request('GET /api/v1/users', { token: as.keyOf.admin });
  return (body.items as Person[]).map(({ id, email, role, name }) => ({ id, email, role, name }));
}

/** What somebody might hope to be believed in a body, whatever the route is for. */
const claims = (id: string) => ({
  ...{ id, userId: id, ownerId: id, role: 'admin', roles: ['admin'], isAdmin: true },
  ...{ scopes: ['users:write', 'secrets:reveal'], permissions: ['*'], disabledAt: null },
  ...{ actor: { type: 'service', id: 'auth', role: null }, visibility: 'public' },
});
const updates = Object.keys(routes).filter((key) => /^(POST|PUT|PATCH) /.test(key));

test.each(updates)(
  'role escalation: %s raises nobody who calls it, whatever the body claims',
  async (key) => {
    const before = await people();
    const idOf = (email: string) => before.find((person) => person.email === email)?.id ?? '';
    for (const role of ['viewer', 'operator'] as const) {
      const own = idOf(`${role}@example.org`);
      const token = await as.sessionOf(role);
      for (const target of [own, idOf(EMAIL)])
        for (const json of [claims(own), { role: 'admin' }])
          await edge.request(key.replaceAll(/\{\w+\}/g, target), { token, json });
      const { status, body } = await edge.request('GET /api/v1/me', { token });
      if (status === 200) expect(body.role).toBe(role);
    }
    expect(await people()).toEqual(before);
  },
);

test('object ids of other people: a session is neither seen nor ended by another account', async () => {
  const admin = await signIn(EMAIL);
  const { body } = await edge.request('GET /api/v1/me/sessions', { token: admin });
  const [own] = body.items as { id: string }[];
  const token = await as.sessionOf('operator');
  const theirs = await edge.request('GET /api/v1/me/sessions', { token });
  expect(theirs.text).not.toContain(own?.id ?? 'nothing');
  const ended = await edge.request(`DELETE /api/v1/me/sessions/${own?.id}`, { token });
  expect(ended.status).toBe(404);
  expect((await edge.request('GET /api/v1/me', { token: admin })).status).toBe(200);
});
