import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsEvents } from '@aether/contracts/models';
import { eventually } from '@aether/testing/eventually';
import { DONE, startProvider, textFrame, usageFrame } from './scripted-provider.js';
import { saying, startModels } from './system.js';

let provider: Awaited<ReturnType<typeof startProvider>>;
let models: Awaited<ReturnType<typeof startModels>>;

beforeAll(async () => {
  provider = await startProvider((_asked, response) => void response.end());
  models = await startModels({
    MODEL_PROVIDER_BASE_URL: provider.baseUrl,
    MODEL_PROVIDER_API_KEY: 'sk-real',
    MODEL_PROVIDER_MODEL: 'big-1',
    MODEL_FIRST_BYTE_TIMEOUT_MS: '400',
    MODEL_IDLE_TIMEOUT_MS: '400',
  });
});

afterAll(async () => {
  await models.stop();
  await provider.stop();
});

const openAiPicture = (data: string) =>
  `{"type":"image_url","image_url":{"url":"data:image/png;base64,${data}"}}`;
const anthropicPicture = (data: string) =>
  `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${data}"}}`;
const sse = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('an answer', () => {
  test('of a provider reaches the agent byte for byte, with its status and headers', async () => {
    const { deploymentId, key } = await models.deployment();
    const text = `: comment\r\n\r\n${textFrame('grün 🌱')}event: odd\nid: 7\n${textFrame('')}${usageFrame(1200, 34)}${DONE}trailing`;
    const bytes = Buffer.from(text);
    provider.answer(async (_asked, response) => {
      response.writeHead(200, { ...sse, 'x-provider-id': 'p-1', 'set-cookie': 'a=b' });
      for (let at = 0; at < bytes.length; at += 7) {
        if (!response.write(bytes.subarray(at, at + 7))) await once(response, 'drain');
        await new Promise(setImmediate);
      }
      response.end();
    });
    const response = await models.ask(key, saying('hi', { stream: true }));
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-provider-id')).toBe('p-1');
    expect(response.headers.get('set-cookie')).toBeNull();

    const usage = await models.usageOf(deploymentId);
    expect(usage).toMatchObject({ model: 'big-1', demo: false, inputTokens: 1200, outputTokens: 34 });
    expect(usage).toMatchObject({ estimated: false, outcome: 'complete' });
    const { subject } = modelsEvents.usageRecorded;
    await eventually(() => expect(models.events).toContainEqual({ subject, payload: { usage } }));
  });

  test('comes while the provider still writes', async () => {
    const { key } = await models.deployment();
    let finish: () => void = () => undefined;
    provider.answer((_asked, response) => {
      response.writeHead(200, sse).write(textFrame('first'));
      finish = () => response.end(DONE);
    });
    const response = await models.ask(key, saying('hi', { stream: true }));
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(textFrame('first'));
    finish();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(DONE);
  });

  test('that is not streamed is passed on and metered too', async () => {
    const { deploymentId, key } = await models.deployment();
    const body = JSON.stringify({
      choices: [{ message: { content: 'ok' } }],
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
    provider.answer(
      (_asked, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect(await (await models.ask(key, saying('hi'))).text()).toBe(body);
    expect(await models.usageOf(deploymentId)).toMatchObject({
      inputTokens: 5,
      outputTokens: 2,
      outcome: 'complete',
    });
  });

  test('waits for a slow reader instead of filling memory', async () => {
    const { key } = await models.deployment();
    let written = 0;
    provider.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const block = Buffer.alloc(64 * 1024);
      const fill = () => {
        while (written < 200 * 1024 * 1024 && response.write(block)) written += block.length;
      };
      response.on('drain', fill);
      fill();
    });
    const abort = new AbortController();
    const response = await models.ask(key, saying('hi'), { signal: abort.signal });
    let before = -1;
    await eventually(
      () => {
        const now = written;
        const still = now === before;
        before = now;
        expect(still).toBe(true);
      },
      { intervalMs: 100 },
    );
    expect(written).toBeLessThan(50 * 1024 * 1024);
    abort.abort();
    await response.body?.cancel().catch(() => undefined);
  });
});

describe('a request', () => {
  test('is sent on with the key of the provider, the model it stands for, and a wish for usage', async () => {
    const { key } = await models.deployment();
    provider.answer((_asked, response) => void response.end('{}'));
    await (
      await models.ask(key, saying('hi', { stream: true, temperature: 0.5, unknown_field: [1] }))
    ).text();
    const seen = provider.asked.at(-1);
    expect(seen?.path).toBe('/v1/chat/completions');
    expect(seen?.headers.authorization).toBe('Bearer sk-real');
    expect(JSON.stringify(seen?.headers)).not.toContain(key);
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      ...saying('hi', { stream: true, temperature: 0.5, unknown_field: [1] }),
      model: 'big-1',
      stream_options: { include_usage: true },
    });
  });

  test('that needs no change is sent on as it came', async () => {
    const { key } = await models.deployment();
    provider.answer((_asked, response) => void response.end('{}'));
    const body = '{ "model":"other-2",  "messages":[{"role":"user","content":"\\u00fc 1.0"}], "seed": 1.0 }';
    await (await models.ask(key, body)).text();
    expect(provider.asked.at(-1)?.body).toBe(body);
  });

  const rest =
    '"seed": 1.0,\t"big":12345678901234567890 , "messages" : [ {"role":"user","content":"\\u00fc \\/ \\ud83d\\ude00 \\\\\\" \\"model\\":\\"default\\"", "model":"default", "stream_options":{"model":"default"}} ],"temperature":1e0';
  test.each([
    {
      what: 'its model',
      body: `\r\n{ ${rest}, "model" :\t"default"\n}\n`,
      sent: `\r\n{ ${rest}, "model" :\t"big-1"\n}\n`,
    },
    {
      what: 'its model, under a name with escapes',
      body: `{"m\\u006fdel":"def\\u0061ult",${rest}}`,
      sent: `{"m\\u006fdel":"big-1",${rest}}`,
    },
    {
      what: 'its model and a wish for usage, which it did not have',
      body: `{"model":"default", ${rest} , "stream" : true }`,
      sent: `{"model":"big-1", ${rest} , "stream" : true,"stream_options":{"include_usage":true} }`,
    },
    {
      what: 'its model and a wish for usage, which stood behind it',
      body: `{"stream":true,"model":"default","stream_options":{"include_usage":false, "other":[1]}, ${rest}}`,
      sent: `{"stream":true,"model":"big-1","stream_options":{"include_usage":true,"other":[1]}, ${rest}}`,
    },
    {
      what: 'a wish for usage, which stood before its model',
      body: `{"stream_options":null,${rest},"stream":true,"model":"other-2"}`,
      sent: `{"stream_options":{"include_usage":true},${rest},"stream":true,"model":"other-2"}`,
    },
  ])('that needs another value for $what is the same byte for byte but for that', async ({ body, sent }) => {
    const { key } = await models.deployment();
    provider.answer((_asked, response) => void response.end('{}'));
    expect((await models.ask(key, body)).status).toBe(200);
    expect(provider.asked.at(-1)?.body).toBe(sent);
  });

  test.each([
    { format: "OpenAI's format", path: '/chat/completions', picture: openAiPicture },
    { format: "Anthropic's format", path: '/messages', picture: anthropicPicture },
  ])(
    'with a picture in $format is sent on as it came, and counted as a picture',
    async ({ path, picture }) => {
      const { deploymentId, key } = await models.deployment();
      const data = randomBytes(1_000_000).toString('base64');
      const body = `{"max_tokens":9, "messages":[{"role":"user","content":[${picture(data)}]}], "model":"other-2"}`;
      provider.answer((_asked, response) => void response.writeHead(200, sse).end(textFrame('seen')));
      expect((await models.ask(key, body, { path })).status).toBe(200);
      expect(provider.asked.at(-1)).toMatchObject({ path: `/v1${path}` });
      expect(provider.asked.at(-1)?.body === body).toBe(true);
      const { inputTokens } = await models.usageOf(deploymentId);
      expect(inputTokens).toBeGreaterThan(1_000);
      expect(inputTokens).toBeLessThan(2_000);
    },
  );
});

describe('a provider that fails', () => {
  test.each([429, 500, 401])('with %d is passed on with its body, and booked as failed', async (status) => {
    const { deploymentId, key } = await models.deployment();
    const body = JSON.stringify({ error: { message: `no: ${status}` } });
    provider.answer((_asked, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end(body);
    });
    const response = await models.ask(key, saying('hi', { stream: true }));
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      status,
      '7',
      body,
    ]);
    expect(await models.usageOf(deploymentId)).toMatchObject({
      outcome: 'failed',
      inputTokens: 0,
      outputTokens: 0,
    });
  });

  test('to begin an answer in time is told as an OpenAI error', async () => {
    const { deploymentId, key } = await models.deployment();
    provider.answer(() => undefined);
    const response = await models.ask(key, saying('hi', { stream: true }));
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({
      error: { code: 'provider_timeout', type: 'server_error' },
    });
    expect(await models.usageOf(deploymentId)).toMatchObject({ outcome: 'failed' });
  });

  test('by closing the connection at once is told as an OpenAI error', async () => {
    const { key } = await models.deployment();
    provider.answer((_asked, response) => void response.destroy());
    const response = await models.ask(key, saying('hi'));
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: 'provider_unreachable' } });
  });

  test.each([
    ['by going silent', 'provider_timeout', () => undefined],
    ['by breaking off', 'provider_unreachable', (destroy: () => void) => destroy()],
  ])(
    'in the middle of a stream %s is told in the stream, and the stream does not end well',
    async (_how, code, fail) => {
      const { deploymentId, key } = await models.deployment();
      provider.answer((_asked, response) => {
        response.writeHead(200, sse).write(textFrame('x'.repeat(40)), () => fail(() => response.destroy()));
      });
      const response = await models.ask(key, saying('hi', { stream: true }));
      let text = '';
      const reading = (async () => {
        for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
      })();
      await expect(reading).rejects.toThrow('terminated');
      expect(text).toContain(`"code":"${code}"`);
      expect(text).not.toContain('[DONE]');
      expect(await models.usageOf(deploymentId)).toMatchObject({
        outcome: 'failed',
        outputTokens: 10,
        estimated: true,
      });
    },
  );
});

describe('a client that goes away', () => {
  test('in the middle of a stream ends the work of the provider, and what was used is counted', async () => {
    const { deploymentId, key } = await models.deployment();
    let closed = false;
    provider.answer((_asked, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200, sse).write(textFrame('x'.repeat(40)));
    });
    const abort = new AbortController();
    const response = await models.ask(key, saying('hi', { stream: true }), { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    await eventually(() => expect(closed).toBe(true), { timeoutMs: 300 });
    const usage = await models.usageOf(deploymentId);
    expect(usage).toMatchObject({ outcome: 'aborted', outputTokens: 10, estimated: true });
    expect(usage.inputTokens).toBeGreaterThan(0);
  });

  test('before the first byte ends the work of the provider too', async () => {
    const { deploymentId, key } = await models.deployment();
    const arrived = provider.asked.length;
    let closed = false;
    provider.answer((_asked, response) => void response.on('close', () => (closed = true)));
    const abort = new AbortController();
    const asking = models.ask(key, saying('hi'), { signal: abort.signal });
    await eventually(() => expect(provider.asked.length).toBe(arrived + 1), { intervalMs: 5 });
    abort.abort();
    await expect(asking).rejects.toThrow();
    await eventually(() => expect(closed).toBe(true), { timeoutMs: 300 });
    expect(await models.usageOf(deploymentId)).toMatchObject({
      outcome: 'aborted',
      outputTokens: 0,
      estimated: true,
    });
  });
});
