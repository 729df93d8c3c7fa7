import { z } from 'zod';
import { invalidRequest } from './openai-error.js';

const Message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })), z.null()]).optional(),
  tool_calls: z.array(z.unknown()).nullish(),
});
export type Message = z.infer<typeof Message>;

/** What this service itself reads of a request; everything else is the provider's to judge. */
export const ChatRequest = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: z.unknown().optional(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** A request as it came and as it is understood. */
export interface ChatCall {
  readonly request: ChatRequest;
  readonly body: Buffer;
}

export function parseChatCall(body: unknown): ChatCall {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw invalidRequest('The body is empty. Send JSON with `model` and `messages`.');
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidRequest('The body is not JSON.');
  }
  const parsed = ChatRequest.safeParse(json);
  if (parsed.success) return { request: parsed.data, body };
  const [issue] = parsed.error.issues;
  throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`);
}

/** The call with some fields replaced; the body is the client's own bytes where none needs to be. */
export function withFields(call: ChatCall, fields: Partial<ChatRequest>): ChatCall {
  if (Object.keys(fields).length === 0) return call;
  const request = { ...call.request, ...fields };
  return { request, body: Buffer.from(JSON.stringify(request)) };
}
