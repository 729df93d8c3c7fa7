import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@aether/messaging/id';
import type { ChatCall } from '../calls/chat-request.js';
import { estimateTokens, estimatedInput } from '../calls/usage-tap.js';
import type { Upstream, UpstreamReply } from '../provider/upstream.js';
import { replyTo, type Reply } from './reply.js';

/** A slow piece (a counted number) waits this many times as long, so that it can be watched and stopped. */
const SLOW = 10;

/** Answers without any language model: the same words for the same request, in the form of OpenAI's API. */
export class DemoModel implements Upstream {
  readonly demo = true;

  constructor(
    private readonly model: string,
    private readonly delayMs: number,
  ) {}

  async send({ request }: ChatCall, signal: AbortSignal): Promise<UpstreamReply> {
    const reply = replyTo(request);
    const usage = usageOf(reply, estimatedInput(request).inputTokens);
    const head = { id: `chatcmpl-${newId()}`, created: Math.floor(Date.now() / 1000), model: this.model };
    const cacheControl = { 'cache-control': 'no-store' };
    if (request.stream)
      return {
        status: 200,
        headers: { ...cacheControl, 'content-type': 'text/event-stream; charset=utf-8' },
        body: this.stream(reply, { head, usage, signal }),
      };
    const [finish_reason, message] = wholeMessage(reply);
    const body = {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason }],
      usage,
    };
    return {
      status: 200,
      headers: { ...cacheControl, 'content-type': 'application/json' },
      body: single(Buffer.from(JSON.stringify(body))),
    };
  }

  private async *stream(
    reply: Reply,
    { head, usage, signal }: { head: object; usage: object; signal: AbortSignal },
  ): AsyncGenerator<Uint8Array> {
    const frame = (choices: object[], more: object = {}) =>
      Buffer.from(
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
      );
    const chunk = (delta: object, finish_reason: string | null = null) =>
      frame([{ index: 0, delta, finish_reason }]);
    yield chunk({ role: 'assistant', content: '' });
    if (reply.kind === 'tool') {
      await delay(this.delayMs, undefined, { signal });
      yield chunk({ tool_calls: [{ index: 0, ...toolCall(reply) }] });
      yield chunk({}, 'tool_calls');
    } else {
      for (const { text, slow } of reply.pieces) {
        await delay(this.delayMs * (slow ? SLOW : 1), undefined, { signal });
        yield chunk({ content: text });
      }
      yield chunk({}, 'stop');
    }
    yield frame([], { usage });
    yield Buffer.from('data: [DONE]\n\n');
  }
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const textOf = (reply: Reply) =>
  reply.kind === 'text' ? reply.pieces.map(({ text }) => text).join('') : null;

function wholeMessage(reply: Reply): [string, object] {
  const content = textOf(reply);
  return reply.kind === 'tool'
    ? ['tool_calls', { role: 'assistant', content, tool_calls: [toolCall(reply)] }]
    : ['stop', { role: 'assistant', content }];
}

function toolCall({ name, input }: Extract<Reply, { kind: 'tool' }>) {
  return { id: `call_${newId()}`, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function usageOf(reply: Reply, prompt_tokens: number) {
  const characters =
    reply.kind === 'tool' ? JSON.stringify(reply.input).length : (textOf(reply)?.length ?? 0);
  const completion_tokens = estimateTokens(characters);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
