import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsRequests } from '@aether/contracts/models';
import type { ProviderKind } from '@aether/contracts/providers';
import type { ServerResponse } from 'node:http';
import { startProvider, type Asked } from './scripted-provider.js';
import { as, saying, startModels } from './system.js';

const lists: Partial<Record<ProviderKind, object[]>> = {
  google: [{ id: 'models/gemini-2.5-flash', object: 'model', owned_by: 'google' }],
  openrouter: [
    {
      id: 'openai/gpt-4o-mini',
      context_length: 128_000,
      pricing: { prompt: '0.00000015', completion: '0.0000006' },
    },
  ],
};
const usage = { prompt_tokens: 1_000, completion_tokens: 10, input_tokens: 1_000, output_tokens: 10 };

let models: Awaited<ReturnType<typeof startModels>>;
const providers: Partial<Record<ProviderKind, Awaited<ReturnType<typeof startProvider>>>> = {};

const answersAs =
  (kind: ProviderKind) =>
  ({ path }: Asked, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (path === '/v1/models') return void response.end(JSON.stringify({ data: lists[kind] }));
    const choices = [{ message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ choices, data: [], usage }));
  };

beforeAll(async () => {
  models = await startModels({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' }, ['auth']);
  for (const [kind, id] of [
    ['google', 'gemini-2.5-flash'],
    ['openrouter', 'openai/gpt-4o-mini'],
  ] as const) {
    const provider = (providers[kind] = await startProvider(answersAs(kind)));
    await models.call(
      modelsRequests.createProvider,
      { name: kind, kind, baseUrl: provider.baseUrl, key: `sk-${kind}`, models: [{ id }] },
      as('admin'),
    );
  }
});
afterAll(async () => {
  await models.stop();
  await Promise.all(Object.values(providers).map((provider) => provider.stop()));
});

const offered = async (kind: ProviderKind) => {
  const { items } = await models.call(modelsRequests.listProviders, {}, as('viewer'));
  return items.find(({ name }) => name === kind)?.models[0];
};
const setLimit = (deploymentId: string, limitUsd: number) =>
  models.call(modelsRequests.setModelBudget, { deploymentId, period: 'total', limitUsd }, as('admin'));

describe('a provider of the kind google', () => {
  const model = 'google/gemini-2.5-flash';

  test('has the prices of the catalogue, by which a budget in dollars counts', async () => {
    expect(await offered('google')).toMatchObject({
      ...{ inputUsdPerMillion: 0.3, outputUsdPerMillion: 2.5, priceFrom: 'catalogue' },
      contextWindow: 1_048_576,
    });
    const { key, deploymentId } = await models.deployment();
    await setLimit(deploymentId, 1);
    expect((await models.ask(key, saying('hi', { model }))).status).toBe(200);
    expect(providers.google?.asked.at(-1)).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-google' },
      body: JSON.stringify(saying('hi', { model: 'gemini-2.5-flash' })),
    });
    expect(await models.usageOf(deploymentId)).toMatchObject({
      costUsd: expect.closeTo((1_000 * 0.3 + 10 * 2.5) / 1_000_000, 9),
    });
    await setLimit(deploymentId, 0.0004);
    expect((await models.ask(key, saying('hi', { model }))).status).toBe(429);
  });

  test('takes embeddings, and no responses', async () => {
    const { key } = await models.deployment();
    const input = { model, input: 'hi' };
    expect((await models.ask(key, input, { path: '/embeddings' })).status).toBe(200);
    expect(providers.google?.asked.at(-1)?.path).toBe('/v1/embeddings');
    const refused = await models.ask(key, input, { path: '/responses' });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: expect.objectContaining({ message: expect.stringContaining('has no /v1/responses') }) },
    ]);
  });
});

describe('a provider of the kind openrouter', () => {
  const model = 'openrouter/openai/gpt-4o-mini';

  test.each(['/chat/completions', '/responses', '/embeddings', '/messages'])(
    'takes %s as it is, at its own price',
    async (path) => {
      const { key, deploymentId } = await models.deployment();
      await setLimit(deploymentId, 1);
      const body = saying('hi', { model, input: 'hi', max_tokens: 9 });
      expect((await models.ask(key, body, { path })).status).toBe(200);
      expect(providers.openrouter?.asked.at(-1)).toMatchObject({
        path: `/v1${path}`,
        headers: { authorization: 'Bearer sk-openrouter' },
        body: JSON.stringify({ ...body, model: 'openai/gpt-4o-mini' }),
      });
      expect(await models.usageOf(deploymentId)).toMatchObject({
        costUsd: expect.closeTo((1_000 * 0.15 + 10 * 0.6) / 1_000_000, 9),
      });
      expect(await offered('openrouter')).toMatchObject({ contextWindow: 128_000, priceFrom: 'provider' });
    },
  );
});
