import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AISDKError, UnsupportedFunctionalityError, type LanguageModelV4 } from '@ai-sdk/provider';
import type { ProviderKind } from '@aether/contracts/providers';
import { newId } from '@aether/messaging/id';
import { z } from 'zod';
import { parseCall, type ApiCall } from '../calls/api-call.js';
import { ApiError, invalidRequest } from '../calls/api-error.js';
import { ChatRequest } from '../calls/chat-request.js';
import { estimatedInput } from '../calls/usage-tap.js';
import type { Upstream, UpstreamReply } from '../provider/upstream.js';
import { readMessages } from './messages-request.js';
import { writeEvents, writeMessage, type Begun } from './messages-reply.js';

const Refusal = z.object({
  error: z.object({ message: z.string(), code: z.string().nullish().catch(null) }),
});
const SAID_MAX = 2_000;

/**
 * Answers calls in Anthropic's format by an upstream that takes OpenAI's chat format only (docs/adr/0028). The AI SDK's
 * providers write and read that format; the bytes between go the way of every call.
 */
export class MessagesByChat implements Upstream {
  readonly demo: boolean;

  constructor(
    private readonly upstream: Upstream,
    private readonly options: {
      readonly kind: ProviderKind;
      readonly includeUsage: boolean;
      /** Asks in Anthropic's format first: the upstream may take it. */
      readonly triesNative: boolean;
    },
  ) {
    this.demo = upstream.demo;
  }

  async send(call: ApiCall, signal: AbortSignal): Promise<UpstreamReply> {
    if (!this.options.triesNative) return this.translate(call, signal);
    const reply = await this.upstream.send(call, signal);
    if (reply.status !== 404 && reply.status !== 405) return reply;
    await readToEnd(reply);
    return this.translate(call, signal);
  }

  private async translate(call: ApiCall, signal: AbortSignal): Promise<UpstreamReply> {
    const asked = { ...readMessages(call.request), abortSignal: signal };
    const begun: Begun = {
      id: `msg_${newId()}`,
      model: call.request.model,
      inputTokens: estimatedInput(call.request).inputTokens,
    };
    let refusal: UpstreamReply | undefined;
    let fault: unknown;
    const model = this.model(call.request.model, async (body) => {
      const chat = parseCall(Buffer.from(body), { path: '/chat/completions', schema: ChatRequest });
      const reply = await this.upstream.send(chat, signal);
      if (reply.status >= 400) refusal = reply;
      return { ...reply, body: noting(reply.body, (error) => (fault = error)) };
    });
    try {
      if (!call.request.stream) {
        const message = writeMessage(await model.doGenerate(asked), begun);
        return replyWith(200, JSON_TYPE, whole(message));
      }
      const { stream } = await model.doStream(asked);
      // What a stream in between makes of an error says nothing of its cause.
      const events = inEvents(writeEvents(stream, begun), (error) => fault ?? error);
      return replyWith(200, EVENTS_TYPE, events);
    } catch (error) {
      if (refusal) return translated(refusal, error);
      throw toApiError(fault ?? error);
    }
  }

  private model(id: string, send: (body: string) => Promise<UpstreamReply>): LanguageModelV4 {
    const fetch = async (_url: unknown, init?: RequestInit) => {
      const { status, headers, body } = await send(typeof init?.body === 'string' ? init.body : '');
      return new Response(ReadableStream.from(body), { status, headers });
    };
    // Never asked: every request goes through `send`, which has address and key.
    const nowhere = {
      baseURL: 'http://upstream.invalid/v1',
      apiKey: 'unused',
      fetch: fetch as typeof globalThis.fetch,
    };
    const { kind, includeUsage } = this.options;
    // Its own models take some fields under other names.
    return kind === 'openai'
      ? createOpenAI(nowhere).chat(id)
      : createOpenAICompatible({ ...nowhere, name: 'upstream', includeUsage }).chatModel(id);
  }
}

/** The library's errors have status codes of their own, which are not the caller's. */
function toApiError(error: unknown): unknown {
  if (UnsupportedFunctionalityError.isInstance(error)) return invalidRequest(error.message);
  if (!AISDKError.isInstance(error)) return error;
  const message = `The model provider's answer cannot be read (${error.message}). Try again, or choose another model.`;
  return new ApiError(502, 'provider_failed', message, { cause: error });
}

/** The provider's own words, in the format of the caller. */
function translated({ status, headers }: UpstreamReply, error: unknown): UpstreamReply {
  const said = error instanceof Error && 'responseBody' in error ? String(error.responseBody) : '';
  const { data } = Refusal.safeParse(parse(said));
  const message =
    (data?.error.message ?? said).slice(0, SAID_MAX) || `The model provider answered HTTP ${status}.`;
  const body = new ApiError(status, data?.error.code ?? 'provider_refused', message).bodyFor('anthropic');
  const again = headers['retry-after'];
  return replyWith(status, { ...JSON_TYPE, ...(again && { 'retry-after': again }) }, whole(body));
}

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS_TYPE = { 'content-type': 'text/event-stream; charset=utf-8' };

function replyWith(
  status: number,
  headers: Record<string, string>,
  body: AsyncIterable<Uint8Array>,
): UpstreamReply {
  return { status, headers: { ...headers, 'cache-control': 'no-cache' }, body };
}

/** So that its connection can be used again. */
async function readToEnd({ body }: UpstreamReply): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  while (!(await chunks.next()).done);
}

async function* whole(body: object): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(body));
}

async function* inEvents(
  events: AsyncIterable<{ type: string }>,
  causeOf: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const event of events)
      yield Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  } catch (error) {
    throw causeOf(error);
  }
}

async function* noting(
  body: AsyncIterable<Uint8Array>,
  note: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    note(error);
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
