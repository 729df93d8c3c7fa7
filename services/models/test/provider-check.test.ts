import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsRequests } from '@aether/contracts/models';
import { startProvider } from './scripted-provider.js';
import { as, startModels } from './system.js';

let provider: Awaited<ReturnType<typeof startProvider>>;
let models: Awaited<ReturnType<typeof startModels>>;
beforeAll(async () => {
  provider = await startProvider((_asked, response) => void response.end());
  models = await startModels({
    MODEL_PROVIDER_BASE_URL: provider.baseUrl,
    MODEL_PROVIDER_API_KEY: 'sk-real',
    MODEL_PROVIDER_MODEL: 'big-1',
  });
});
afterAll(async () => {
  await models.stop();
  await provider.stop();
});

const check = () => models.call(modelsRequests.checkProvider, {});
const answer = (list: number, call: number, body = '{}') =>
  provider.answer(
    ({ path }, response) => void response.writeHead(path === '/v1/models' ? list : call).end(body),
  );

describe('the check of a provider', () => {
  test('passes when key and model work', async () => {
    answer(200, 200);
    expect(await check()).toEqual({ ok: true, demo: false, cause: null, remedy: null });
    expect(provider.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-real',
      'Bearer sk-real',
    ]);
  });

  test.each([
    { of: 'a refused key', list: 401, call: 200, cause: 'refused the key', remedy: 'MODEL_PROVIDER_API_KEY' },
    {
      of: 'a key that only calls refuse',
      list: 200,
      call: 403,
      cause: 'HTTP 403',
      remedy: 'MODEL_PROVIDER_API_KEY',
    },
    { of: 'an unknown model', list: 200, call: 404, cause: '"big-1"', remedy: 'MODEL_PROVIDER_MODEL' },
    { of: 'no credit', list: 200, call: 429, cause: 'no credit', remedy: 'Add credit' },
    { of: 'a failing provider', list: 200, call: 502, cause: 'HTTP 502', remedy: 'later' },
  ])('names cause and remedy of $of', async ({ list, call, cause, remedy }) => {
    answer(list, call, call === 429 ? '{"error":{"code":"insufficient_quota"}}' : '{}');
    expect(await check()).toEqual({
      ok: false,
      demo: false,
      cause: expect.stringContaining(cause),
      remedy: expect.stringContaining(remedy),
    });
  });

  test.each([
    ['a provider without a list of models', 404, 200],
    ['a provider that is fussy about the shortest call', 200, 400],
    ['a provider that is busy', 200, 429],
  ])('lets %s pass', async (_what, list, call) => {
    answer(list, call);
    expect(await check()).toMatchObject({ ok: true });
  });

  test('names an address where nobody answers', async () => {
    provider.answer((_asked, response) => void response.destroy());
    expect(await check()).toMatchObject({ ok: false, cause: expect.stringContaining('cannot be reached') });
  });

  test('is for services and operators, and passes at once with the demo model', async () => {
    await expect(models.call(modelsRequests.checkProvider, {}, as('viewer'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    const demo = await startModels();
    expect(await demo.call(modelsRequests.checkProvider, {})).toMatchObject({ ok: true, demo: true });
    await demo.stop();
  });
});

describe('the endpoint', () => {
  test('is told with the model of the provider first and the demo model beside it', async () => {
    expect(await models.call(modelsRequests.getEndpoint, {}, as('viewer'))).toMatchObject({
      defaultModel: 'default',
      answering: 'big-1',
      demo: false,
      models: [
        { id: 'default', demo: false },
        { id: 'big-1', demo: false },
        { id: 'aether-demo', demo: true },
      ],
    });
    await expect(models.call(modelsRequests.getEndpoint, {}, as(null))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('is told under the public address where one is set', async () => {
    const behind = await startModels({ MODELS_PUBLIC_URL: 'https://models.example/' });
    expect(behind.baseUrl).toBe('https://models.example/v1');
    await behind.stop();
  });
});
