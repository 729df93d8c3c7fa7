import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelReply, ModelUsage, ToolCall } from './replies.js';
import type { ModelRequest } from './request.js';

/** Sends the reply in the form that was asked for, streamed or whole. */
export async function sendReply(
  response: ServerResponse,
  request: ModelRequest,
  reply: ModelReply,
): Promise<void> {
  switch (reply.kind) {
    case 'hang':
      return;
    case 'error':
      sendError(response, reply);
      return;
    case 'text':
    case 'tools':
      await (request.stream ? stream : sendWhole)(response, request, reply);
  }
}

type Answer = Extract<ModelReply, { kind: 'text' | 'tools' }>;

function sendError(response: ServerResponse, reply: Extract<ModelReply, { kind: 'error' }>): void {
  const retry = reply.retryAfterSeconds;
  response
    .writeHead(reply.status, {
      'content-type': 'application/json',
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
    })
    .end(JSON.stringify({ error: { message: reply.message, type: 'scripted', code: null } }));
}

async function stream(response: ServerResponse, request: ModelRequest, reply: Answer): Promise<void> {
  const base = completion('chat.completion.chunk', request);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (data: unknown) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const delta = (part: object, reason: string | null = null) =>
    send({ ...base, choices: [{ index: 0, delta: part, finish_reason: reason }] });
  if (reply.kind === 'tools') {
    delta({ role: 'assistant', content: null, tool_calls: reply.calls.map(toolCall) });
  } else {
    for (const [index, content] of reply.chunks.entries()) {
      if (index > 0 && reply.chunkDelayMs > 0) await sleep(reply.chunkDelayMs);
      if (response.destroyed) return;
      delta(index === 0 ? { role: 'assistant', content } : { content });
    }
    if (reply.cut) {
      // Ended, not destroyed at once, so that the chunks are on their way before the reset.
      setImmediate(() => response.destroy());
      return;
    }
  }
  delta({}, finishReason(reply));
  send({ ...base, choices: [], usage: usageOf(reply.usage) });
  response.end('data: [DONE]\n\n');
}

async function sendWhole(response: ServerResponse, request: ModelRequest, reply: Answer): Promise<void> {
  if (reply.kind === 'text' && reply.chunkDelayMs > 0) await sleep(reply.chunkDelayMs * reply.chunks.length);
  if (reply.kind === 'text' && reply.cut) {
    response.destroy();
    return;
  }
  const message =
    reply.kind === 'text'
      ? { role: 'assistant', content: reply.chunks.join('') }
      : { role: 'assistant', content: null, tool_calls: reply.calls.map(toolCall) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      ...completion('chat.completion', request),
      choices: [{ index: 0, message, finish_reason: finishReason(reply) }],
      usage: usageOf(reply.usage),
    }),
  );
}

function completion(object: string, request: ModelRequest) {
  return {
    id: `chatcmpl-${randomUUID()}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  };
}

function finishReason(reply: Answer): 'stop' | 'tool_calls' {
  return reply.kind === 'text' ? 'stop' : 'tool_calls';
}

function toolCall(call: ToolCall, index: number) {
  return {
    index,
    id: `call_${randomUUID().slice(0, 8)}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}

function usageOf({ promptTokens, completionTokens, cachedTokens = 0 }: ModelUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}
