import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelsRequests } from '@aether/contracts/models';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { startProvider, type Asked } from './scripted-provider.js';
import { as, saying, startModels } from './system.js';
import type { ServerResponse } from 'node:http';

const order = ['first/a', 'gone/x', 'second/b'];
let models: Awaited<ReturnType<typeof startModels>>;
const providers: Awaited<ReturnType<typeof startProvider>>[] = [];

const saysOwn =
  (name: string) =>
  ({ path }: Asked, response: ServerResponse) => {
    if (path === '/v1/models') return void response.end(JSON.stringify({ data: [] }));
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    const choices = [{ message: { role: 'assistant', content: name } }];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }));
  };
const failing = (_asked: Asked, response: ServerResponse) => void response.writeHead(503).end('{}');

beforeAll(async () => {
  models = await startModels({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8', MODEL_OUT_OF_TURN_MS: '2000' }, [
    'auth',
  ]);
  for (const [name, model] of [
    ['first', 'a'],
    ['second', 'b'],
  ] as const) {
    const provider = await startProvider(saysOwn(name));
    providers.push(provider);
    await models.call(
      modelsRequests.createProvider,
      { name, kind: 'openai-compatible', baseUrl: provider.baseUrl, key: 'sk-1', models: [{ id: model }] },
      as('admin'),
    );
  }
});
afterAll(async () => {
  await models?.stop();
  await Promise.all(providers.map((provider) => provider.stop()));
});

const answerTo = async (key: string, model: string) => {
  const response = await models.ask(key, saying('hello', { model }));
  const answer = (await response.json()) as { choices?: { message: { content: string } }[] };
  return answer.choices?.[0]?.message.content ?? response.status;
};

describe('a key with an order of models', () => {
  test('has the next one that is offered answer for the first, and no other model of another key', async () => {
    const ordered = await models.call(modelsRequests.issueVirtualKey, {
      deploymentId: newId(),
      models: order,
    });
    const plain = await models.deployment();
    expect(await answerTo(ordered.key, 'first/a')).toBe('first');
    providers[0]?.answer(failing);
    expect(await answerTo(ordered.key, 'first/a')).toBe('second');
    expect(await answerTo(ordered.key, 'second/b')).toBe('second');
    expect(await answerTo(plain.key, 'first/a')).toBe(503);
    providers[0]?.answer(saysOwn('first'));
  });

  test('goes on where the first is not offered any more', async () => {
    const { key } = await models.call(modelsRequests.issueVirtualKey, {
      deploymentId: newId(),
      models: ['gone/x', 'second/b'],
    });
    expect(await answerTo(key, 'gone/x')).toBe('second');
    expect(await answerTo(key, 'gone/y')).toBe(404);
  });

  test('asks one that was out of turn again, and stays with it when it has recovered', async () => {
    const { key } = await models.call(modelsRequests.issueVirtualKey, {
      deploymentId: newId(),
      models: order,
    });
    const [first] = providers;
    first?.answer(failing);
    for (let call = 0; call < 5; call += 1) expect(await answerTo(key, 'first/a')).toBe('second');
    first?.answer(saysOwn('first'));
    expect(await answerTo(key, 'first/a')).toBe('second');
    await eventually(async () => expect(await answerTo(key, 'first/a')).toBe('first'));
    for (let call = 0; call < 3; call += 1) expect(await answerTo(key, 'first/a')).toBe('first');
  });
});
