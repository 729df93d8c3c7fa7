import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@aether/messaging/id';
import { freePort } from '@aether/testing/free-port';
import { startOrchestrator, type Orchestrator } from './system.js';

let system: Orchestrator;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  system = await startOrchestrator({ AGENT_ENDPOINT_PORT: String(port) });
});
afterAll(() => system.stop(), 60_000);

const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const call = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

const post = async (path: string, body: string) => {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
};
const listTools = () => post('/mcp', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');

describe('the endpoint for agents', () => {
  test.each([
    ['lists', lists],
    ['objects', objects],
  ])('deeply nested body: %s one within another break nothing, wherever they are', async (_what, nested) => {
    for (const depth of [1_000, 150_000]) {
      const deep = nested(depth);
      for (const body of [
        deep,
        deep.replace(/[\]}]+$/, ''),
        call(`{"name":"report_progress","arguments":{"task_token":"t","text":${deep}}}`),
        call(`{"name":"report_progress","arguments":{"task_token":"t","text":"x","more":${deep}}}`),
        call(`{"name":"report_progress","arguments":${deep}}`),
        call(`{"name":"nobody","arguments":{"a":${deep}}}`),
        call(`{"name":${deep}}`),
        call(deep),
        `{"jsonrpc":"2.0","id":${deep},"method":"tools/list"}`,
        `{"jsonrpc":"2.0","id":1,"method":"nothing","params":{"_meta":${deep}}}`,
        `{"jsonrpc":"2.0","id":1,"result":{"a":${deep}}}`,
      ]) {
        const { status, text } = await post('/mcp', body);
        expect(status).toBeLessThan(500);
        // Whatever it says, it does not say it all back.
        expect(text.length).toBeLessThan(2_000);
      }
      expect((await post(`/git/${newId()}/x/git-upload-pack`, deep)).status).toBe(401);
    }
    expect((await listTools()).text).toContain('report_progress');
  });

  test('oversized body: tools refuse it, whether its length is told or not', async () => {
    for (const told of [true, false]) expect(await pour('/mcp', { bytes: 3 * 1024 ** 2, told })).toBe(413);
    expect((await listTools()).status).toBe(200);
  });

  test('oversized body: a push of a stranger is refused before it is read', async () => {
    const path = `/git/${newId()}/x/git-receive-pack`;
    expect(await pour(path, { bytes: 1024 ** 3, told: true })).toBe(401);
    expect((await listTools()).status).toBe(200);
  });
});

/** Sends until it is answered; the status. */
async function pour(path: string, { bytes, told }: { bytes: number; told: boolean }) {
  const length = told ? { 'content-length': bytes } : { 'transfer-encoding': 'chunked' };
  const asking = httpRequest(`${url}${path}`, { method: 'POST', headers: { ...headers, ...length } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve);
    asking.once('error', reject);
  });
  const block = Buffer.alloc(64 * 1024, ' ');
  let left = bytes;
  const send = () => {
    while (left > 0) {
      left -= block.length;
      if (!asking.write(block)) return;
    }
  };
  asking.on('drain', send);
  send();
  const { statusCode } = await answered;
  left = 0;
  asking.on('error', () => undefined);
  asking.destroy();
  return statusCode;
}
