import { z } from 'zod';
import { ApiRequest, type ApiCall } from './api-call.js';

const Message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })), z.null()]).optional(),
  tool_calls: z.array(z.unknown()).nullish(),
});
export type Message = z.infer<typeof Message>;

/** A request for a chat completion. */
export const ChatRequest = ApiRequest.extend({
  messages: z.array(Message).min(1),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: z.unknown().optional(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

export interface ChatCall extends ApiCall {
  readonly request: ChatRequest;
}
