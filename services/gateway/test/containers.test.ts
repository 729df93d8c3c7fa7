import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { startContainerServers, type ContainerServers } from '@aether/testing/container-servers';
import { hasDockerEngine } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { bearers, startRealAuth, type Bearers } from './real-auth.js';
import { startEdge, type Answer, type Edge } from './start-edge.js';

const engine = await hasDockerEngine();
const test = engine ? always : always.skip;

let servers: ContainerServers;
let auth: Awaited<ReturnType<typeof startRealAuth>>;
let edges: Edge[];
let people: Bearers;
beforeAll(async () => {
  if (!engine) return;
  servers = await startContainerServers();
  const spec = { name: 'auth', role: 'auth', password: randomBytes(12).toString('hex') };
  await ensureDatabases(servers.postgresUrl, [spec]);
  // The database goes with its server.
  const database = { url: databaseUrl(servers.postgresUrl, spec), drop: async () => undefined };
  auth = await startRealAuth(servers.nats, database);
  const options = {
    nats: servers.nats,
    absent: ['auth'],
    environment: { REDIS_URL: servers.redisUrl, RATE_READ_PER_MINUTE: '1000' },
  };
  edges = [await startEdge(options), await startEdge({ ...options, absent: everybody })];
  people = await bearers(first(), await auth.setUpToken());
}, 300_000);
afterAll(async () => {
  if (!engine) return;
  await auth.stop();
  for (const edge of edges) await edge.stop();
  await servers.stop();
});

/** Owners are played once. */
const everybody = ['auth', 'deployer', 'models', 'openclaw', 'missions', 'orchestrator'];
const first = () => {
  const [edge] = edges;
  if (!edge) throw new Error('no edge was started');
  return edge;
};
/** Place of the newest event of auth in its stream. */
const lastEvent = async () => (await first().bus.streamRange('auth'))?.lastSeq ?? 0;
const me = (edge: Edge) => edge.request('GET /api/v1/me', { token: people.keyOf.operator });
const remaining = ({ headers }: Answer) =>
  Number(/;r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1] ?? NaN);

test('migrations, requests, events and shared limits work with PostgreSQL, NATS and Redis in containers', async () => {
  expect(await me(first())).toMatchObject({ status: 200, body: { role: 'operator' } });
  const before = await lastEvent();
  const { status, body } = await first().request('POST /api/v1/secrets', {
    token: people.keyOf.admin,
    json: { name: 'kept', value: 'in a container' },
  });
  expect(status).toBe(201);
  const listed = await first().request('GET /api/v1/secrets', { token: people.keyOf.admin });
  expect(JSON.stringify(listed.body)).toContain(String(body.id));
  await eventually(async () => expect(await lastEvent()).toBeGreaterThan(before));
  await eventually(async () => {
    const [one, other] = [await me(first()), await me(edges[1] as Edge)];
    expect(remaining(other)).toBe(remaining(one) - 1);
  });
});

test('a restart of the container of NATS is waited out, and its streams are there again', async () => {
  const before = await lastEvent();
  expect(before).toBeGreaterThan(0);
  await servers.nats.kill();
  await servers.nats.start();
  await eventually(async () => expect((await me(first())).status).toBe(200), { timeoutMs: 60_000 });
  const { body } = await first().request('POST /api/v1/api-keys', {
    token: people.keyOf.admin,
    json: { name: 'after', role: 'viewer' },
  });
  expect(body.key).toBeDefined();
  await eventually(async () => expect(await lastEvent()).toBeGreaterThan(before), { timeoutMs: 30_000 });
});
