import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const TextPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(TextPart)]).nullish(),
  tool_calls: z.array(z.looseObject({})).optional(),
});
type Message = z.infer<typeof Message>;

const Body = z.looseObject({
  model: z.string(),
  messages: z.array(Message),
  stream: z.boolean().default(false),
});

/** One completion that was asked for. */
export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The bearer token presented, if any. */
  readonly key: string | undefined;
  /** The session that asks, as OpenClaw names it to the provider. */
  readonly session: string | undefined;
  /** What the user said since the last finished answer, without what OpenClaw adds to it. */
  readonly task: string;
  /** What the tools answered since then, oldest first. */
  readonly toolResults: readonly string[];
  /** The whole body, for anything else. */
  readonly body: z.infer<typeof Body>;
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join('');
}

/** OpenClaw puts the time before a message, facts of the run behind it, and adds a message of its own. */
function withoutDecoration(text: string): string {
  return text.replace(/^\[\w{3} [\d-]+ [\d:]+ \w+\] /u, '').replace(/\n\nRuntime: agent=[^\n]*$/u, '');
}

const INTERNAL = '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>';

export async function readModelRequest(request: IncomingMessage): Promise<ModelRequest> {
  const body = Body.parse(await json(request));
  const isAnswer = (message: Message) => message.role === 'assistant' && !message.tool_calls?.length;
  const turn = body.messages.slice(body.messages.findLastIndex(isAnswer) + 1);
  const said = (role: Message['role']) => turn.filter((message) => message.role === role).map(textOf);
  return {
    model: body.model,
    stream: body.stream,
    key: /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1],
    session: request.headers['session_id']?.toString(),
    task: said('user')
      .filter((text) => !text.startsWith(INTERNAL))
      .map(withoutDecoration)
      .join('\n'),
    toolResults: said('tool'),
    body,
  };
}
