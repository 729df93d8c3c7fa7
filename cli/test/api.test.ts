import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Api } from '../src/api.js';

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** An edge as bad as needed; answers the nth request by the nth function, the last one for ever. */
async function edge(...answers: ((response: ServerResponse) => void)[]) {
  const seen: IncomingMessage[] = [];
  server = createServer((request, response) => {
    seen.push(request);
    request.resume().on('end', () => answers[Math.min(seen.length, answers.length) - 1]?.(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { seen, api: new Api({ url: `http://127.0.0.1:${port}`, apiKey: 'aek_test' }) };
}

const problem = (status: number, code: string) => (response: ServerResponse) => {
  const body = {
    type: 'about:blank',
    title: code,
    status,
    detail: 'What happened.',
    instance: '/',
    code,
    hint: 'What to do.',
    correlationId: 'c1',
  };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
};
const cut = (response: ServerResponse) => response.destroy();
const accepted = (response: ServerResponse) => response.end(JSON.stringify({ aborted: true }));
const id = '0199b2f3-0000-7000-8000-000000000000';

test('a lost connection and a short outage are waited out, with one idempotency key for all tries', async () => {
  const { api, seen } = await edge(cut, problem(503, 'unavailable'), accepted);
  expect(await api.call('POST /api/v1/chats/{id}/abort', { id })).toEqual({ aborted: true });
  expect(seen.map(({ url }) => url)).toEqual(Array(3).fill(`/api/v1/chats/${id}/abort`));
  const keys = new Set(seen.map(({ headers }) => headers['idempotency-key']));
  expect(keys.size).toBe(1);
  expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
});

test('a refusal is told at once, with its code and hint', async () => {
  const { api, seen } = await edge(problem(409, 'turn_running'));
  const refused = api.call('POST /api/v1/chats/{id}/abort', { id });
  await expect(refused).rejects.toMatchObject({
    fields: { code: 'turn_running', detail: 'What happened.', hint: 'What to do.' },
  });
  expect(seen).toHaveLength(1);
});

test('a key that no longer works leads to login', async () => {
  const { api } = await edge(problem(401, 'unauthenticated'));
  await expect(api.call('GET /api/v1/me', {})).rejects.toMatchObject({
    fields: { code: 'unauthenticated', hint: expect.stringContaining('npx aether login') },
  });
});

test.each([
  ['a page of something else', (response: ServerResponse) => response.end('<html></html>')],
  ['an error without a reason', (response: ServerResponse) => response.writeHead(418).end('teapot')],
])('%s is not taken for an answer', async (_, answer) => {
  const { api } = await edge(answer);
  await expect(api.call('GET /api/v1/me', {})).rejects.toMatchObject({
    fields: { code: 'unexpected_answer' },
  });
});
