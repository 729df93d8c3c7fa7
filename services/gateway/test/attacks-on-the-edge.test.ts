import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerCatalog } from '@aether/contracts/deployer';
import { openclawCatalog } from '@aether/contracts/openclaw';
import { LiveClient, refusedUpgrade } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let token: string;
/** What reached the owner of deployments. */
const asked: unknown[] = [];
/** Agent files that its owner was asked for. */
const filesAsked: unknown[] = [];

beforeAll(async () => {
  edge = await startEdge({ absent: ['deployer', 'openclaw'] });
  token = await edge.auth.tokenOf('admin');
  await edge.play(deployerCatalog, {
    getDeployment: (input, context) => {
      asked.push(input);
      throw context.fail('deployment_not_found');
    },
  });
  const file = (input: unknown) => {
    filesAsked.push(input);
    return { name: 'AGENTS.md', content: '' };
  };
  await edge.play(openclawCatalog, { getAgentFile: file, setAgentFile: file });
});
afterAll(() => edge.stop());

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

test('an id that may be one reaches the owner', async () => {
  expect((await edge.request('GET /api/v1/deployments/first', { token })).status).toBe(404);
  expect(asked).toEqual([{ id: 'first' }]);
});

test.each(['*', '>', 'a.b', '$JS.API.STREAM.DELETE.EVT_AUTH', 'x y', '..', 'x\r\nPUB evt.auth.x 0'])(
  'subject injection: the id %j reaches no owner and no other subject',
  async (id) => {
    const before = asked.length;
    const { status } = await edge.request(`GET /api/v1/deployments/${encodeURIComponent(id)}`, { token });
    expect([400, 404]).toContain(status);
    expect(asked).toHaveLength(before);
  },
);

test.each([
  '/api/v1/deployments/..%2f..%2fsystem%2fauth%2fdead-letters',
  '/api/v1/docs/assets/..%2f..%2fpackage.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..\\..\\package.json',
])('path tricks: %s shows no file and reaches no other route', async (path) => {
  const answer = await raw(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
  expect(answer).not.toContain('"dependencies"');
});

test('request smuggling: two lengths of one body are refused and the connection ends', async () => {
  const answer = await raw(
    'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
});

test('WebSocket hijack: a page of another origin opens no socket with the cookies of a person', async () => {
  const cookie = `aether_access=${token}`;
  const pages: Record<string, string>[] = [
    { cookie, origin: 'https://evil.example' },
    { cookie, origin: 'null' },
    { cookie, origin: edge.url, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of pages) {
    const { status, body } = await refusedUpgrade(edge.url, { headers });
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
  }
});

test('oversized body: a stranger is refused before it is read', async () => {
  const answer = await raw(
    `POST /api/v1/deployments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${1024 ** 3}\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
});

test.each([
  ['lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
  ['objects', (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)],
])('deeply nested body: %s one within another are refused, and the edge goes on', async (_what, nested) => {
  for (const depth of [1_000, 150_000]) {
    const body = `{"name":"x","template":${nested(depth)}}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await edge.request('POST /api/v1/deployments', { token, body, headers });
    expect([400, 413]).toContain(status);
  }
  expect((await edge.request('GET /api/v1/me', { token })).status).toBe(200);
});

test('deeply nested frame: a live socket refuses it and goes on', async () => {
  const client = await LiveClient.open(edge.url, { token });
  client.ws.send(`{"type":"subscribe","topic":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
  expect((await client.first('error')).code).toBe('invalid_input');
  client.send({ type: 'ping' });
  await client.first('pong');
  await client.close();
});

test.each([
  'events/*',
  'events/>',
  'events/auth.>',
  'chats/*',
  'chats/$JS.API.INFO',
  'chats/a.b',
  'logs/> x',
])('subject injection: the live topic %j opens no subject', async (topic) => {
  const client = await LiveClient.open(edge.url, { token });
  client.send({ type: 'subscribe', topic });
  expect((await client.first('error')).code).toMatch(/^(invalid_input|not_found|topic_unknown)$/);
  expect(client.of('subscribed')).toEqual([]);
  await client.close();
});

test('an agent file that may be one reaches its owner', async () => {
  const key = `GET /api/v1/agents/${randomUUID()}/main/files/AGENTS.md`;
  await edge.request(key, { token });
  expect(filesAsked.splice(0)).toHaveLength(1);
});

test.each([
  '../../../etc/passwd',
  '/etc/passwd',
  '..\\AGENTS.md',
  'AGENTS.md/../../x',
  '.env',
  'AGENTS.md\0.txt',
])('path traversal: the agent file %j is neither read nor written', async (name) => {
  const path = `/api/v1/agents/${randomUUID()}/main/files/${encodeURIComponent(name)}`;
  for (const key of [`GET ${path}`, `PUT ${path}`]) {
    const json = key.startsWith('PUT') ? { json: { content: 'x' } } : {};
    const { status } = await edge.request(key, { token, ...json });
    expect([400, 404]).toContain(status);
  }
  expect(filesAsked).toEqual([]);
});
