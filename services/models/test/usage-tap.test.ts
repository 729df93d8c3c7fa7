import { describe, expect, test } from '@jest/globals';
import { UsageTap } from '../src/calls/usage-tap.js';

const path = '/chat/completions' as const;
const request = { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(36) }] };
const sse = 'text/event-stream; charset=utf-8';

function read(contentType: string, chunks: readonly (string | Uint8Array)[]) {
  const tap = new UsageTap({ path, request }, contentType);
  for (const chunk of chunks) tap.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return tap.tokens();
}

const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }], usage: null })}\n\n`;

describe('what a call took', () => {
  test('is what the provider says, wherever the bytes of a stream are cut', () => {
    const usage = {
      prompt_tokens: 1200,
      completion_tokens: 34,
      prompt_tokens_details: { cached_tokens: 200 },
    };
    const bytes = Buffer.from(
      `${delta('grün')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
    );
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    const told = { inputTokens: 1200, cachedInputTokens: 200, outputTokens: 34, estimated: false };
    expect(read(sse, [bytes])).toEqual(told);
    expect(read(sse, single)).toEqual(told);
  });

  test('is read from a whole answer too', () => {
    const body = JSON.stringify({
      choices: [{ message: { content: 'a' } }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    });
    expect(read('application/json', [body.slice(0, 20), body.slice(20)])).toMatchObject({
      inputTokens: 3,
      estimated: false,
    });
  });

  test('is estimated by length where a stream ends without usage', () => {
    expect(read(sse, [delta('x'.repeat(40)), 'data: {"choices":[{"del'])).toEqual({
      inputTokens: 10,
      cachedInputTokens: 0,
      outputTokens: 10,
      estimated: true,
    });
  });

  test.each([
    ['not JSON', 'application/json', '<html>'],
    ['no text', 'application/octet-stream', ''],
    ['usage of another shape', sse, 'data: {"usage":{"prompt_tokens":"many"},"choices":7}\n\n'],
    ['an endless line', sse, `data: ${'x'.repeat(9 * 1024 * 1024)}`],
  ])('is estimated for %s, without a fault', (_name, contentType, body) => {
    expect(read(contentType, [body, body])).toMatchObject({ estimated: true });
  });
});
