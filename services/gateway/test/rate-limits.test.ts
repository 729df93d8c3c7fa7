import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { environment } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import { afterEach, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './start-edge.js';

const REDIS_SERVER = '/usr/bin/redis-server';
// Where checks decide about a change a missing program is a failure, on somebody's machine it is not.
const testWithRedis = existsSync(REDIS_SERVER) || environment.CI ? test : test.skip;

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).reverse()) await part.stop();
});

async function startRedis(port: number): Promise<ChildProcess> {
  const process = spawn(REDIS_SERVER, ['--port', String(port), '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(process, 'spawn');
  const stop = async () => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  };
  running.push({ stop });
  return process;
}

async function edgeWith(limits: Record<string, string>): Promise<Edge> {
  const edge = await startEdge({ environment: limits });
  running.push(edge);
  return edge;
}

async function me(edge: Edge, id: string) {
  return edge.request('GET /api/v1/me', { token: await edge.auth.tokenOf('operator', { id }) });
}

const remaining = (answer: { headers: Headers }) =>
  Number(/;r=(\d+);/.exec(answer.headers.get('ratelimit') ?? '')?.[1] ?? NaN);

test('answers tell the policy of the allowance they drew on and what is left of it', async () => {
  const edge = await edgeWith({ RATE_READ_PER_MINUTE: '3' });
  const id = randomUUID();
  const first = await me(edge, id);
  expect(first.headers.get('ratelimit-policy')).toBe('"read";q=3;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"read";r=2;t=\d+$/);
  await me(edge, id);
  await me(edge, id);
  const refused = await me(edge, id);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit')).toMatch(/^"read";r=0;t=\d+$/);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
});

test('reads, changes and expensive work of one person are counted apart', async () => {
  const edge = await edgeWith({
    RATE_READ_PER_MINUTE: '2',
    RATE_WRITE_PER_MINUTE: '2',
    RATE_EXPENSIVE_PER_MINUTE: '1',
  });
  const token = await edge.auth.tokenOf('admin');
  const statusesOf = async (key: string, times: number) => {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) statuses.push((await edge.request(key, { token })).status);
    return statuses;
  };
  expect(await statusesOf('GET /api/v1/me', 3)).toEqual([200, 200, 429]);
  expect(await statusesOf(`POST /api/v1/deployments/${randomUUID()}/start`, 3)).toEqual([404, 404, 429]);
  expect(await statusesOf('POST /api/v1/deployments', 2)).toEqual([400, 429]);
});

test('a person and each of their keys have allowances of their own', async () => {
  const edge = await edgeWith({ RATE_READ_PER_MINUTE: '1' });
  const ownerId = randomUUID();
  expect((await me(edge, ownerId)).status).toBe(200);
  expect((await me(edge, ownerId)).status).toBe(429);
  const { key } = edge.auth.keyOf('viewer', { ownerId });
  const byKey = () => edge.request('GET /api/v1/me', { token: key });
  expect([(await byKey()).status, (await byKey()).status]).toEqual([200, 429]);
});

testWithRedis('edges that share a Redis share the allowances', async () => {
  const port = await freePort();
  await startRedis(port);
  const environmentOfBoth = { RATE_READ_PER_MINUTE: '1000', REDIS_URL: `redis://127.0.0.1:${port}` };
  const [one, other] = [await edgeWith(environmentOfBoth), await edgeWith(environmentOfBoth)];
  const id = randomUUID();
  await eventually(async () => {
    const before = remaining(await me(one, id));
    expect(remaining(await me(other, id))).toBe(before - 1);
  });
});

testWithRedis(
  'an outage of Redis refuses nobody, and each edge counts by itself until it is back',
  async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const edge = await edgeWith({ RATE_READ_PER_MINUTE: '30', REDIS_URL: `redis://127.0.0.1:${port}` });
    const id = randomUUID();
    expect((await me(edge, id)).status).toBe(200);
    // Alive but answering nothing is the worst outage.
    redis.kill('SIGSTOP');
    expect((await me(edge, id)).status).toBe(200);
    redis.kill('SIGKILL');
    const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await me(edge, id)).status));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    await startRedis(port);
    await eventually(async () => expect((await me(edge, id)).status).toBe(200));
  },
);
