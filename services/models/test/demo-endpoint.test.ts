import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { saying, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
beforeAll(async () => {
  models = await startModels({ DEMO_DELAY_MS: '5' });
});
afterAll(() => models.stop());

interface Chunk {
  choices: {
    delta: { content?: string; tool_calls?: { function: { name: string; arguments: string } }[] };
  }[];
  usage?: { prompt_tokens: number; completion_tokens: number };
}

async function stream(key: string, body: object) {
  const response = await models.ask(key, { ...body, stream: true });
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const data: string[] = [];
  for await (const event of events ?? []) data.push(event.data);
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text) as Chunk);
  return {
    last: data.at(-1),
    chunks,
    text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
  };
}

describe('the demo model at the endpoint', () => {
  test('streams word by word, ends with its usage and [DONE], and is booked as a demo', async () => {
    const { deploymentId, key } = await models.deployment();
    const { chunks, text, last } = await stream(key, saying('My cat is called Ada.'));
    expect(text).toBe('Demo model: You said: My cat is called Ada.');
    expect(chunks.length).toBeGreaterThan(8);
    expect(last).toBe('[DONE]');
    const { prompt_tokens, completion_tokens } = chunks.at(-1)?.usage ?? {
      prompt_tokens: 0,
      completion_tokens: 0,
    };
    expect(completion_tokens).toBe(Math.ceil(text.length / 4));
    expect(await models.usageOf(deploymentId)).toMatchObject({
      model: 'aether-demo',
      demo: true,
      inputTokens: prompt_tokens,
      outputTokens: completion_tokens,
      outcome: 'complete',
      estimated: false,
    });
  });

  test('calls tools in a stream, under the names that OpenClaw offers', async () => {
    const { key } = await models.deployment();
    const tools = [{ type: 'function', function: { name: 'exec' } }];
    const { chunks } = await stream(key, saying('run: git status', { tools }));
    const called = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(called.map((call) => call.function)).toEqual([
      { name: 'exec', arguments: '{"command":"git status"}' },
    ]);
  });

  test('answers whole where no stream is asked for', async () => {
    const { key } = await models.deployment();
    const response = await models.ask(key, saying('count to 3'));
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Demo model: 1 2 3.' }, finish_reason: 'stop' }],
    });
  });

  test('answers 50 streams at once, each with its own words', async () => {
    const { key } = await models.deployment();
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const texts = await Promise.all(
      numbers.map(async (n) => (await stream(key, saying(`number ${n}`))).text),
    );
    expect(texts).toEqual(numbers.map((n) => `Demo model: You said: number ${n}`));
  });

  test.each([
    { what: 'what is not JSON', body: 'nonsense', status: 400, word: 'not JSON' },
    { what: 'nothing', body: '', status: 400, word: 'empty' },
    { what: 'no messages', body: { model: 'default' }, status: 400, word: 'messages' },
    {
      what: 'a message without a role',
      body: { model: 'default', messages: [{ content: 'x' }] },
      status: 400,
      word: 'messages.0.role',
    },
    {
      what: 'a model nobody has',
      body: { ...saying('hi'), model: 'gpt-0' },
      status: 404,
      word: 'aether-demo',
    },
  ])('refuses $what and says why', async ({ body, status, word }) => {
    const { key } = await models.deployment();
    const response = await models.ask(key, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(word) } });
  });

  test('is not at other addresses, and says which there are', async () => {
    const response = await fetch(`${models.baseUrl}/audio/speech`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('/v1/chat/completions') },
    });
  });

  test('tells a running stream that it ends at shutdown, and books what it took', async () => {
    const own = await startModels({ DEMO_DELAY_MS: '50', MODELS_DRAIN_MS: '50' });
    const { key } = await own.deployment();
    const response = await own.ask(key, saying('count to 900', { stream: true }));
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })();
    const broken = expect(reading).rejects.toThrow('terminated');
    await eventually(() => expect(text).toContain('"2 "'));
    await own.stopService();
    await broken;
    const rows = await own.database.query('SELECT outcome, estimated FROM usage');
    await own.stop();
    expect(text).toContain('"code":"shutting_down"');
    expect(rows).toEqual([{ outcome: 'failed', estimated: true }]);
  });
});
