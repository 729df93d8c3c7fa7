import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startProvider } from './scripted-provider.js';
import { saying, startModels } from './system.js';

let provider: Awaited<ReturnType<typeof startProvider>>;
let models: Awaited<ReturnType<typeof startModels>>;

beforeAll(async () => {
  provider = await startProvider((_asked, response) => void response.end('{}'));
  models = await startModels({ MODEL_PROVIDER_BASE_URL: provider.baseUrl, MODEL_PROVIDER_MODEL: 'big-1' });
});
afterAll(async () => {
  await models.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.asked.length = 0;
  provider.answer((_asked, response) => void response.end('{}'));
});

const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => '{"a":'.repeat(depth) + '"deep"' + '}'.repeat(depth);
const message = '{"role":"user","content":"hi"}';
/** The error of each format that says so much as "this request is wrong". */
const formats = [
  {
    path: '/chat/completions',
    wrong: { error: { type: 'invalid_request_error', code: 'invalid_request' } },
    tooLarge: { error: { type: 'invalid_request_error', code: 'request_too_large' } },
  },
  {
    path: '/messages',
    wrong: { type: 'error', error: { type: 'invalid_request_error' } },
    tooLarge: { type: 'error', error: { type: 'request_too_large' } },
  },
] as const;

describe.each(formats)('$path', ({ path, wrong, tooLarge }) => {
  test.each([
    ['lists', lists],
    ['objects', objects],
  ])('deeply nested body: %s one within another are refused wherever they are', async (_what, nested) => {
    const { key } = await models.deployment();
    for (const depth of [201, 10_000, 150_000]) {
      const deep = nested(depth);
      for (const body of [
        `{"model":"big-1","max_tokens":9,"messages":[${message}],"tools":${deep}}`,
        `{"model":"big-1","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"hi","more":${deep}}]}]}`,
        `{"model":"big-1","max_tokens":9,"system":${deep},"messages":[${message}]}`,
        `{"model":"default","max_tokens":9,"stream":true,"messages":[${message}],"unknown":${deep}}`,
        deep,
        deep.replace(/[\]}]+$/, ''),
      ]) {
        const response = await models.ask(key, body, { path });
        expect(response.status).toBe(400);
        const told = await response.json();
        expect(told).toMatchObject(wrong);
        expect(JSON.stringify(told)).toContain('nested deeper than 200 levels');
      }
    }
    expect(provider.asked).toEqual([]);
  });

  test('nested as deeply as may be, and brackets in texts, are passed on', async () => {
    const { key } = await models.deployment();
    const body = `{"model":"big-1","max_tokens":9,"messages":[${message}],"metadata":${objects(199)},"user":"${'[{'.repeat(5_000)} \\"["}`;
    expect((await models.ask(key, body, { path })).status).toBe(200);
    expect(provider.asked[0]?.body).toBe(body);
  });

  test.each([
    ['given twice', '"m\\u0061x_tokens":90000'],
    ['given again in capitals', '"MODEL":"dear-1"'],
    ['in capitals alone', '"Max_Completion_Tokens":90000'],
  ])('a field %s, of which the provider may read another value, is refused', async (_how, field) => {
    const { key } = await models.deployment();
    const body = `{"model":"big-1","max_tokens":9,"messages":[${message}],${field}}`;
    const response = await models.ask(key, body, { path });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(wrong);
    expect(provider.asked).toEqual([]);
  });

  test('oversized body: is refused, whether its length is told or not', async () => {
    const { key } = await models.deployment();
    for (const told of [true, false]) {
      const { status, json } = await pour({ path, key, bytes: 33 * 1024 ** 2, told });
      expect(status).toBe(413);
      expect(json).toMatchObject(tooLarge);
      expect(JSON.stringify(json)).toContain('larger than 32 MiB');
    }
    expect((await models.ask(key, saying('hi', { max_tokens: 9 }), { path })).status).toBe(200);
  });

  test('oversized body: a stranger is refused before it is read', async () => {
    const { status } = await pour({ path, key: 'avk_nobody', bytes: 1024 ** 3, told: true });
    expect(status).toBe(401);
  });
});

describe('deeply nested answer', () => {
  const usage = { inputTokens: expect.any(Number), outputTokens: expect.any(Number) };

  test.each([
    ['whole', 'application/json', (deep: string) => `{"choices":[{"message":{"content":${deep}}}]}`],
    [
      'streamed',
      'text/event-stream',
      (deep: string) => `data: {"choices":[{"delta":{"content":${deep}}}]}\n\ndata: [DONE]\n\n`,
    ],
  ])('%s is passed on and booked', async (_how, type, answer) => {
    for (const nested of [lists, objects]) {
      const { deploymentId, key } = await models.deployment();
      const bytes = answer(nested(100_000));
      provider.answer(
        (_asked, response) => void response.writeHead(200, { 'content-type': type }).end(bytes),
      );
      const response = await models.ask(key, saying('hi', { model: 'big-1' }));
      expect((await response.text()) === bytes).toBe(true);
      const booked = await models.usageOf(deploymentId);
      expect(booked).toMatchObject({ ...usage, outcome: 'complete', estimated: true });
    }
  });

  test('in the arguments of a tool, translated, is left out and booked', async () => {
    const { deploymentId, key } = await models.deployment();
    const calls = [{ id: 't1', type: 'function', function: { name: 'dig', arguments: objects(100_000) } }];
    const answer = JSON.stringify({
      choices: [
        { message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: 'tool_calls' },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 8 },
    });
    provider.answer(({ path: asked }, response) =>
      asked === '/v1/messages'
        ? void response.writeHead(404).end()
        : void response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
    );
    const response = await models.ask(key, saying('hi', { max_tokens: 9 }), { path: '/messages' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ content: [{ type: 'tool_use', name: 'dig', input: {} }] });
    expect(await models.usageOf(deploymentId)).toMatchObject({ inputTokens: 7, outputTokens: 8 });
  });
});

/** Sends until it is answered, as a client that does not care whether it is. */
async function pour(to: { path: string; key: string; bytes: number; told: boolean }) {
  const headers = {
    authorization: `Bearer ${to.key}`,
    'content-type': 'application/json',
    ...(to.told ? { 'content-length': to.bytes } : { 'transfer-encoding': 'chunked' }),
  };
  const asking = httpRequest(`${models.baseUrl}${to.path}`, { method: 'POST', headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve);
    asking.once('error', reject);
  });
  const block = Buffer.alloc(64 * 1024, ' ');
  let left = to.bytes;
  const send = () => {
    while (left > 0) {
      left -= block.length;
      if (!asking.write(block)) return;
    }
  };
  asking.on('drain', send);
  send();
  const response = await answered;
  left = 0;
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  asking.destroy();
  return {
    status: response.statusCode,
    json: JSON.parse(Buffer.concat(parts).toString()) as unknown,
  };
}
