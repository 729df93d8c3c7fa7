import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { modelsRequests } from '@aether/contracts/models';
import { eventually } from '@aether/testing/eventually';
import { startProvider, textFrame, type Asked } from './scripted-provider.js';
import { as, saying, startModels } from './system.js';
import type { ServerResponse } from 'node:http';

const KEY = 'sk-first';
let models: Awaited<ReturnType<typeof startModels>>;
let first: Awaited<ReturnType<typeof startProvider>>;
let second: Awaited<ReturnType<typeof startProvider>>;

beforeAll(async () => {
  first = await startProvider(willing);
  second = await startProvider(willing);
  models = await startModels({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8', MODEL_FALLBACK_AFTER_MS: '1000' }, [
    'auth',
  ]);
});
afterAll(async () => {
  await models.stop();
  await Promise.all([first.stop(), second.stop()]);
});
afterEach(async () => {
  first.answer(willing);
  second.answer(willing);
  const { items } = await models.call(modelsRequests.listProviders, {}, as('admin'));
  for (const { id } of items) await models.call(modelsRequests.deleteProvider, { id }, as('admin'));
});

const list = {
  data: [
    {
      id: 'big-1',
      context_length: 200_000,
      architecture: { input_modalities: ['text', 'image'] },
      top_provider: { max_completion_tokens: 4_000 },
      pricing: { prompt: '0.000003', completion: '0.000015' },
    },
    { id: 'small-1' },
  ],
};

/** Answers whoever has a key of its own kind, in the format that was asked in. */
function willing({ path, headers }: Asked, response: ServerResponse): void {
  if (path === '/v1/models') return void response.end(JSON.stringify(list));
  if (headers.authorization?.startsWith('Bearer sk-') || headers['x-api-key']) {
    const said = { id: 'c1', choices: [{ message: { role: 'assistant', content: 'yes' } }] };
    const usage = { prompt_tokens: 1_000, completion_tokens: 10, input_tokens: 1_000, output_tokens: 10 };
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...said, usage }));
  }
  response.writeHead(401).end();
}

const refusing =
  (status: number, body = '{}') =>
  (_asked: Asked, response: ServerResponse) =>
    void response.writeHead(status).end(body);

const create = (more: object = {}) =>
  models.call(
    modelsRequests.createProvider,
    {
      name: 'first',
      kind: 'openai-compatible',
      baseUrl: first.baseUrl,
      key: KEY,
      models: [{ id: 'big-1' }],
      ...more,
    },
    as('admin'),
  );
const asFailure = (error: unknown) => error as { code: string; detail?: string };

describe('adding a provider', () => {
  test('tries the key first, keeps it in the vault, and learns size and price from its list', async () => {
    const provider = await create();
    expect(provider).toMatchObject({
      name: 'first',
      hasKey: true,
      enabled: true,
      models: [
        {
          id: 'big-1',
          contextWindow: 200_000,
          maxTokens: 4_000,
          inputUsdPerMillion: 3,
          priceFrom: 'provider',
        },
      ],
    });
    expect(JSON.stringify(provider)).not.toContain(KEY);
    const rows = await models.database.query('SELECT * FROM model_provider');
    expect(JSON.stringify(rows)).not.toContain(KEY);
    const secrets = await models.call(authRequests.listSecrets, {}, as('admin'));
    expect(JSON.stringify(secrets.items)).toContain('model provider first');
  });

  test.each([
    { what: 'a refused key', status: 401, code: 'key_refused' },
    { what: 'an account without credit', status: 402, code: 'no_credit' },
    {
      what: 'a used up quota',
      status: 429,
      body: '{"error":{"code":"insufficient_quota"}}',
      code: 'no_credit',
    },
    { what: 'an address without an API', status: 404, code: 'wrong_address_or_model' },
    { what: 'a redirect', status: 302, code: 'wrong_address_or_model' },
    { what: 'a provider that fails', status: 503, code: 'provider_failing' },
  ])('says $what as what it is, and saves nothing', async ({ status, body, code }) => {
    first.answer(refusing(status, body));
    expect(asFailure(await create().catch((error: unknown) => error)).code).toBe(code);
    expect((await models.call(modelsRequests.listProviders, {}, as('admin'))).items).toEqual([]);
  });

  test.each([
    ['the private network', 'http://10.1.2.3/v1'],
    ['this machine by IPv6', 'http://[::1]:9/v1'],
    ['an IPv4 address in IPv6', 'http://[::ffff:10.0.0.1]/v1'],
    ['a link-local address', 'http://[fe80::1]/v1'],
    ['a number', 'http://167772161/v1'],
    ['the metadata service of a cloud', 'http://169.254.169.254/latest'],
  ])('attack: request forgery by %s is refused, at saving and at changing', async (_how, baseUrl) => {
    const refused = { code: 'address_refused' };
    await expect(create({ baseUrl })).rejects.toMatchObject(refused);
    const { id } = await create();
    const change = { id, baseUrl, key: KEY };
    await expect(models.call(modelsRequests.updateProvider, change, as('admin'))).rejects.toMatchObject(
      refused,
    );
  });

  test('attack: request forgery by a redirect is not followed', async () => {
    first.answer((_asked, response) => void response.writeHead(302, { location: second.baseUrl }).end());
    const before = second.asked.length;
    await expect(create()).rejects.toMatchObject({ code: 'wrong_address_or_model' });
    expect(second.asked).toHaveLength(before);
  });

  test('attack: a key is not sent to another address by somebody who does not know it', async () => {
    const { id } = await create();
    const change = { id, baseUrl: second.baseUrl };
    const refused = await models
      .call(modelsRequests.updateProvider, change, as('admin'))
      .catch((error: unknown) => error);
    expect(asFailure(refused).code).toBe('key_needed');
    expect(second.asked).toEqual([]);
  });

  test('is for administrators', async () => {
    const input = { name: 'x', kind: 'openai' as const, key: KEY, models: [{ id: 'a' }] };
    const refused = await models
      .call(modelsRequests.createProvider, input, as('operator'))
      .catch((error: unknown) => error);
    expect(asFailure(refused).code).toBe('forbidden');
  });
});

describe('a provider that was added', () => {
  test('tells agents which models see pictures: as its list says, as its kind is known for, or as a person says', async () => {
    await create({ models: [{ id: 'big-1' }, { id: 'small-1' }, { id: 'shown-1', images: true }] });
    await create({
      name: 'second',
      kind: 'anthropic',
      models: [{ id: 'small-1' }, { id: 'blind-1', images: false }],
    });
    const { models: told } = await models.call(modelsRequests.getEndpoint, {});
    const seeing = told.filter(({ images }) => images).map(({ id }) => id);
    expect(seeing.sort()).toEqual(['default', 'first/big-1', 'first/shown-1', 'second/small-1']);
  });

  test('becomes what agents get by default, and is booked with its price', async () => {
    await create();
    expect(await models.call(modelsRequests.getEndpoint, {})).toMatchObject({
      defaultModel: 'default',
      answering: 'first/big-1',
      demo: false,
    });
    const { key, deploymentId } = await models.deployment();
    expect((await models.ask(key, saying('hi'))).status).toBe(200);
    expect(await models.usageOf(deploymentId)).toMatchObject({
      model: 'first/big-1',
      provider: 'first',
      costUsd: expect.closeTo((1_000 * 3 + 10 * 15) / 1_000_000, 9),
    });
    expect(JSON.parse(first.asked.at(-1)?.body ?? '')).toMatchObject({ model: 'big-1' });
  });

  test('is asked with its new key at once when the key was replaced in the vault', async () => {
    await create();
    const { key } = await models.deployment();
    await models.ask(key, saying('hi'));
    const { items } = await models.call(authRequests.listSecrets, {}, as('admin'));
    const secret = items.find(({ name }) => name.includes('first'));
    await models.call(authRequests.replaceSecret, { id: secret?.id ?? '', value: 'sk-second' }, as('admin'));
    await eventually(async () => {
      await models.ask(key, saying('hi'));
      expect(first.asked.at(-1)?.headers.authorization).toBe('Bearer sk-second');
    });
  });

  test('takes its key out of the vault when it is removed', async () => {
    const { id } = await create();
    await models.call(modelsRequests.deleteProvider, { id }, as('admin'));
    const { items } = await models.call(authRequests.listSecrets, {}, as('admin'));
    expect(items.filter(({ name }) => name.includes('first'))).toEqual([]);
    expect((await models.call(modelsRequests.getDefaultModels, {}, as('viewer'))).models).toEqual([]);
  });
});

describe('several models by default', () => {
  beforeAll(async () => models.call(modelsRequests.setDefaultModels, { models: [] }, as('admin')));

  const both = async () => {
    await create();
    await create({ name: 'second', baseUrl: second.baseUrl, models: [{ id: 'small-1' }] });
    const order = { models: ['first/big-1', 'second/small-1'] };
    await models.call(modelsRequests.setDefaultModels, order, as('admin'));
    first.asked.length = 0;
    second.asked.length = 0;
    return models.deployment();
  };

  test.each([
    ['is out of order', 503],
    ['has no credit', 402],
    ['limits the rate', 429],
    ['refuses the key', 401],
  ])('have the next one answer where the first %s', async (_name, status) => {
    const { key, deploymentId } = await both();
    first.answer(refusing(status));
    const response = await models.ask(key, saying('hi'));
    expect(response.status).toBe(200);
    expect(await models.usageOf(deploymentId)).toMatchObject({ model: 'second/small-1', provider: 'second' });
  });

  test('pass on what is wrong with the request itself', async () => {
    const { key } = await both();
    first.answer(refusing(400, '{"error":{"message":"too long"}}'));
    const response = await models.ask(key, saying('hi'));
    expect([response.status, await response.json()]).toEqual([400, { error: { message: 'too long' } }]);
    expect(second.asked).toEqual([]);
  });

  test('stop asking one that keeps failing, until it may have recovered', async () => {
    const { key } = await both();
    first.answer(refusing(500));
    for (let call = 0; call < 8; call += 1) expect((await models.ask(key, saying('hi'))).status).toBe(200);
    expect(first.asked.length).toBe(5);
  });

  test('have the next one answer where the first begins no answer in time', async () => {
    const { key, deploymentId } = await both();
    first.answer(() => undefined);
    expect((await models.ask(key, saying('hi'))).status).toBe(200);
    expect(await models.usageOf(deploymentId)).toMatchObject({ provider: 'second' });
  });

  test('go on asking one whose clients went away', async () => {
    const { key } = await both();
    for (let call = 0; call < 6; call += 1) {
      first.answer(() => undefined);
      const abort = new AbortController();
      const asking = models.ask(key, saying('hi'), { signal: abort.signal }).catch(String);
      await eventually(() => expect(first.asked).toHaveLength(call + 1));
      abort.abort();
      await asking;
    }
    first.answer(willing);
    expect((await models.ask(key, saying('hi'))).status).toBe(200);
    expect(first.asked).toHaveLength(7);
    expect(second.asked).toEqual([]);
  });

  test('never change in the middle of an answer', async () => {
    const { key } = await both();
    first.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(textFrame('half'), () => response.destroy());
    });
    const response = await models.ask(key, saying('hi', { stream: true }));
    const text = await response.text().catch(String);
    expect(text).not.toContain('yes');
    expect(second.asked).toEqual([]);
  });
});

describe("the endpoint in Anthropic's format", () => {
  test('passes the bytes through with the native key, and reads the usage of its streams', async () => {
    await create({ kind: 'anthropic', baseUrl: first.baseUrl });
    const { key, deploymentId } = await models.deployment();
    const frames = [
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":7,"cache_read_input_tokens":5,"output_tokens":1}}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"hi"}}\n\n',
      'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":42}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ];
    first.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(frames.join(''));
    });
    const body =
      '{"model":"first/big-1","max_tokens":99, "stream":true,"messages":[{"role":"user","content":"hi"}]}';
    const response = await models.ask(key, body, { path: '/messages' });
    expect(await response.text()).toBe(frames.join(''));
    expect(first.asked.at(-1)?.headers).toMatchObject({
      'x-api-key': KEY,
      'anthropic-version': '2023-06-01',
    });
    expect(await models.usageOf(deploymentId)).toMatchObject({
      inputTokens: 12,
      cachedInputTokens: 5,
      outputTokens: 42,
      estimated: false,
    });
  });

  test('tells errors in that format', async () => {
    const { key } = await models.deployment();
    const response = await models.ask(key, { model: 'nobody/knows', messages: [] }, { path: '/messages' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });
});

describe("the endpoint in the format of OpenAI's responses", () => {
  test('passes the bytes through and reads the usage', async () => {
    await create();
    const { key, deploymentId } = await models.deployment();
    first.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const done = {
        type: 'response.completed',
        response: { usage: { input_tokens: 30, output_tokens: 4 } },
      };
      response.end(`data: ${JSON.stringify(done)}\n\n`);
    });
    const response = await models.ask(
      key,
      { model: 'default', input: 'hi', stream: true },
      { path: '/responses' },
    );
    expect(await response.text()).toContain('response.completed');
    expect(await models.usageOf(deploymentId)).toMatchObject({ inputTokens: 30, outputTokens: 4 });
  });
});
