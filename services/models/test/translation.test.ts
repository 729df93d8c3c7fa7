import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { modelsRequests } from '@aether/contracts/models';
import type { ProviderKind } from '@aether/contracts/providers';
import type { ServerResponse } from 'node:http';
import { DONE, startProvider, textFrame, usageFrame, type Asked } from './scripted-provider.js';
import { as, startModels } from './system.js';

let models: Awaited<ReturnType<typeof startModels>>;
let provider: Awaited<ReturnType<typeof startProvider>>;
let deploymentId: string;
let client: Anthropic;

beforeAll(async () => {
  provider = await startProvider(checked);
  models = await startModels({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' }, ['auth']);
  await add('openai');
});
afterAll(async () => {
  await models.stop();
  await provider.stop();
});
beforeEach(async () => {
  const { key, ...deployment } = await models.deployment();
  deploymentId = deployment.deploymentId;
  client = new Anthropic({ baseURL: models.baseUrl.replace(/\/v1$/, ''), apiKey: key, maxRetries: 0 });
});

const add = (kind: ProviderKind) =>
  models.call(
    modelsRequests.createProvider,
    { name: kind, kind, baseUrl: provider.baseUrl, key: 'sk-1', models: [{ id: 'big-1' }] },
    as('admin'),
  );

const saidYes = { index: 0, message: { role: 'assistant', content: 'yes' } };

/** Lists the model and lets the key be tried. */
function checked({ path }: Asked, response: ServerResponse): void {
  if (path === '/v1/models') return void response.end(JSON.stringify({ data: [{ id: 'big-1' }] }));
  sendJson(response, { id: 'c0', choices: [{ ...saidYes, finish_reason: 'stop' }] });
}

const sendJson = (response: ServerResponse, body: object, status = 200) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const stream = (response: ServerResponse, frames: readonly string[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const frame of frames) response.write(frame);
  response.end();
};

const toolFrame = (index: number, call: object) =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: { tool_calls: [{ index, ...call }] } }] })}\n\n`;
const endFrame = (finish_reason: string) =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: {}, finish_reason }] })}\n\n`;

const tools = [
  {
    name: 'exec',
    description: 'Runs a command',
    input_schema: { type: 'object' as const, properties: { command: { type: 'string' } } },
  },
];
const asked = { model: 'openai/big-1', max_tokens: 50, messages: [{ role: 'user' as const, content: 'hi' }] };
const lastAsked = () => JSON.parse(provider.asked.at(-1)?.body ?? '') as Record<string, unknown>;

describe("a call in Anthropic's format to a provider that takes OpenAI's only", () => {
  test('is asked for with all that it says, and answered as a message', async () => {
    provider.answer((_asked, response) =>
      sendJson(response, {
        id: 'chatcmpl-7',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Looking.',
              tool_calls: [
                {
                  id: 'call_2',
                  type: 'function',
                  function: { name: 'exec', arguments: '{"command":"ls -l"}' },
                },
              ],
            },
            finish_reason: 'tool_calls',
          },
        ],
        usage: { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 40 } },
      }),
    );
    const message = await client.messages.create({
      ...asked,
      system: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }],
      stop_sequences: ['END'],
      // Older clients send it.
      ...{ temperature: 0.5 },
      tools,
      tool_choice: { type: 'any' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is here?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'signed' },
            { type: 'text', text: 'I look' },
            { type: 'tool_use', id: 'call_1', name: 'exec', input: { command: 'ls' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'README' }] },
            { type: 'text', text: 'And its size?' },
          ],
        },
      ],
    });
    expect(provider.asked.at(-1)?.path).toBe('/v1/chat/completions');
    expect(provider.asked.at(-1)?.headers.authorization).toBe('Bearer sk-1');
    expect(lastAsked()).toEqual({
      model: 'big-1',
      max_tokens: 50,
      temperature: 0.5,
      stop: ['END'],
      messages: [
        { role: 'system', content: 'Be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is here?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          ],
        },
        {
          role: 'assistant',
          content: 'I look',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'exec', arguments: '{"command":"ls"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'README' },
        { role: 'user', content: 'And its size?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'exec', description: 'Runs a command', parameters: tools[0]?.input_schema },
        },
      ],
      tool_choice: 'required',
    });
    expect(message).toMatchObject({
      id: 'chatcmpl-7',
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'call_2', name: 'exec', input: { command: 'ls -l' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 7 },
    });
    expect(await models.usageOf(deploymentId)).toMatchObject({
      ...{ model: 'openai/big-1', provider: 'openai', responseId: 'chatcmpl-7', outcome: 'complete' },
      ...{ inputTokens: 100, cachedInputTokens: 40, outputTokens: 7, estimated: false },
    });
  });

  test("is streamed as Anthropic's client wants it, texts and tools as they come", async () => {
    provider.answer((_asked, response) =>
      stream(response, [
        textFrame('Let me '),
        textFrame('see.'),
        toolFrame(0, { id: 'call_1', type: 'function', function: { name: 'exec', arguments: '' } }),
        toolFrame(0, { function: { arguments: '{"command":' } }),
        toolFrame(0, { function: { arguments: '"ls"}' } }),
        toolFrame(1, { id: 'call_2', type: 'function', function: { name: 'exec', arguments: '{}' } }),
        endFrame('tool_calls'),
        usageFrame(30, 9),
        DONE,
      ]),
    );
    const texts: string[] = [];
    const answer = client.messages.stream({ ...asked, tools }).on('text', (text) => texts.push(text));
    expect(await answer.finalMessage()).toMatchObject({
      content: [
        { type: 'text', text: 'Let me see.' },
        { type: 'tool_use', id: 'call_1', name: 'exec', input: { command: 'ls' } },
        { type: 'tool_use', id: 'call_2', name: 'exec', input: {} },
      ],
      stop_reason: 'tool_use',
      usage: { output_tokens: 9 },
    });
    expect(texts).toEqual(['Let me ', 'see.']);
    expect(lastAsked()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(await models.usageOf(deploymentId)).toMatchObject({
      ...{ responseId: 'c1', outcome: 'complete', inputTokens: 30, outputTokens: 9, estimated: false },
    });
  });

  test('that its client breaks off ends at the provider too, and is booked by what was said', async () => {
    let ended: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (ended = resolve));
    provider.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(textFrame('x'.repeat(400)));
      response.once('close', () => ended());
    });
    const answer = client.messages.stream(asked);
    await new Promise((resolve) => answer.once('text', resolve));
    answer.abort();
    await expect(answer.finalMessage()).rejects.toThrow(Anthropic.APIUserAbortError);
    await gone;
    const usage = await models.usageOf(deploymentId);
    expect(usage).toMatchObject({ outcome: 'aborted', estimated: true });
    expect(usage.outputTokens).toBe(100);
  });

  test('whose provider tells no usage is estimated by what was said, streamed or whole', async () => {
    provider.answer((_asked, response) =>
      stream(response, [textFrame('x'.repeat(40)), endFrame('stop'), DONE]),
    );
    const message = await client.messages.stream(asked).finalMessage();
    expect(message.usage.output_tokens).toBe(10);
    const usage = await models.usageOf(deploymentId);
    expect(usage).toMatchObject({ estimated: true });
    expect(usage.outputTokens).toBeGreaterThanOrEqual(10);
    provider.answer((_asked, response) =>
      sendJson(response, { id: 'c1', choices: [{ ...saidYes, finish_reason: 'stop' }] }),
    );
    const whole = await models.deployment();
    const asker = new Anthropic({ baseURL: models.baseUrl.replace(/\/v1$/, ''), apiKey: whole.key });
    expect((await asker.messages.create(asked)).usage.output_tokens).toBe(1);
    expect(await models.usageOf(whole.deploymentId)).toMatchObject({ estimated: true });
  });

  test('that breaks off at the provider says so in the stream', async () => {
    provider.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(textFrame('half'), () => response.destroy());
    });
    await expect(client.messages.stream(asked).finalMessage()).rejects.toThrow(/broke off/);
    expect(await models.usageOf(deploymentId)).toMatchObject({ outcome: 'failed' });
  });

  test("that the provider refuses is told with its words, as Anthropic's errors are", async () => {
    provider.answer((_asked, response) =>
      sendJson(response, { error: { message: 'context too long', code: 'context_length_exceeded' } }, 400),
    );
    const refused = await client.messages.create(asked).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Anthropic.BadRequestError);
    expect(refused).toMatchObject({
      error: { type: 'error', error: { type: 'invalid_request_error', message: 'context too long' } },
    });
  });

  test('that is answered with what is no answer fails with a reason', async () => {
    provider.answer((_asked, response) => sendJson(response, { choices: 'none' }));
    await expect(client.messages.create(asked)).rejects.toMatchObject({ status: 502 });
    await expect(client.messages.create(asked)).rejects.toThrow(/cannot be read/);
  });

  test('with what no other model can do is refused before anything is sent', async () => {
    const before = provider.asked.length;
    const searching = {
      ...asked,
      tools: [{ type: 'web_search_20250305' as const, name: 'web_search' as const }],
    };
    await expect(client.messages.create(searching)).rejects.toMatchObject({ status: 400 });
    await expect(client.messages.create(searching)).rejects.toThrow(/tools\.0\.type/);
    const sounding = { ...asked, messages: [{ role: 'user', content: [{ type: 'audio' }] }] };
    await expect(client.messages.create(sounding as never)).rejects.toThrow(/messages\.0\.content\.0\.type/);
    expect(provider.asked).toHaveLength(before);
  });

  test('is tried as it is first where the provider may take it', async () => {
    const answer = (path: string, response: ServerResponse) =>
      path === '/v1/messages'
        ? sendJson(response, { error: { message: 'Not Found' } }, 404)
        : checked({ path, headers: {}, body: '' }, response);
    provider.answer(({ path }, response) => answer(path, response));
    await add('openai-compatible');
    const message = await client.messages.create({ ...asked, model: 'openai-compatible/big-1' });
    expect(message.content).toEqual([{ type: 'text', text: 'yes' }]);
    expect(provider.asked.slice(-2).map(({ path }) => path)).toEqual([
      '/v1/messages',
      '/v1/chat/completions',
    ]);
  });

  test.each(['google', 'openai'] as const)('reaches %s', async (kind) => {
    provider.answer(checked);
    if (kind !== 'openai') await add(kind);
    const message = await client.messages.create({ ...asked, model: `${kind}/big-1` });
    expect(message.content).toEqual([{ type: 'text', text: 'yes' }]);
    expect(provider.asked.at(-1)?.path).toBe('/v1/chat/completions');
  });

  test('is answered by the demo model', async () => {
    const answer = client.messages.stream({ ...asked, model: 'demo' });
    const { content, stop_reason: reason } = await answer.finalMessage();
    expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('Hello') }]);
    expect(reason).toBe('end_turn');
  });
});
