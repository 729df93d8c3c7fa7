import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callTools, cut, fail, hang, say, ScriptedModel } from '@aether/testing/scripted-model';

let model: ScriptedModel;
beforeEach(async () => {
  model = await ScriptedModel.start();
});
afterEach(() => model.stop());

function ask(more: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${model.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer the-key' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more }),
    ...(signal ? { signal } : {}),
  });
}

/** Texts of the chunks of a stream, then its last data. */
async function chunks(response: Response): Promise<unknown[]> {
  const lines = (await response.text()).split('\n\n').filter(Boolean);
  expect(lines.at(-1)).toBe('data: [DONE]');
  return lines
    .slice(0, -1)
    .map((line) => JSON.parse(line.slice('data: '.length)) as { choices: { delta: { content?: string } }[] })
    .flatMap(({ choices }) => choices[0]?.delta.content ?? []);
}

test('answers as a stream or whole, as it is asked', async () => {
  model.answer(() => say(['One', ' two'], { usage: { promptTokens: 7, completionTokens: 3 } }));
  expect(await chunks(await ask({ stream: true }))).toEqual(['One', ' two']);
  expect(await (await ask()).json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: 'One two' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  });
});

test('tells the script the task, the tool results since the last answer, and the key', async () => {
  const messages = [
    { role: 'user', content: 'old' },
    { role: 'assistant', content: 'answered' },
    { role: 'user', content: '[Mon 2026-11-23 06:29 UTC] new\n\nRuntime: agent=main | host=x' },
    { role: 'assistant', content: null, tool_calls: [{ id: '1' }] },
    { role: 'tool', content: 'output' },
    { role: 'user', content: '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nfacts' },
  ];
  await ask({ messages });
  expect(model.requests).toMatchObject([
    { task: 'new', toolResults: ['output'], key: 'the-key', model: 'm' },
  ]);
});

test('asks for tools', async () => {
  model.answer(() => callTools([{ name: 'exec', arguments: { command: 'ls' } }]));
  expect(await (await ask()).json()).toMatchObject({
    choices: [
      {
        finish_reason: 'tool_calls',
        message: { tool_calls: [{ function: { name: 'exec', arguments: '{"command":"ls"}' } }] },
      },
    ],
  });
});

test('fails with a status and a time to wait', async () => {
  model.answer(() => fail(429, { retryAfterSeconds: 3 }));
  const response = await ask();
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
});

test('breaks off in the middle of a stream', async () => {
  model.answer(() => cut(['One', ' two']));
  const response = await ask({ stream: true });
  await expect(response.text()).rejects.toThrow();
});

test('hangs until the caller gives up', async () => {
  model.answer(() => hang());
  await expect(ask({}, AbortSignal.timeout(200))).rejects.toThrow(/abort|time/u);
});
