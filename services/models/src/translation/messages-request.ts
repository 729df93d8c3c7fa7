import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
} from '@ai-sdk/provider';
import { z } from 'zod';
import { ApiRequest } from '../calls/api-call.js';
import { invalidRequest } from '../calls/api-error.js';

const Text = z.looseObject({ type: z.literal('text'), text: z.string() });
/** A text alone stands for one block. */
const blocks = <B extends z.ZodType>(block: B) =>
  z.preprocess(
    (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content),
    z.array(block),
  );
const Source = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.looseObject({ type: z.literal('url'), url: z.url() }),
]);
const Picture = z.looseObject({ type: z.literal('image'), source: Source });
const File = z.looseObject({ type: z.literal('document'), source: Source });
const ToolUse = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const ToolResult = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: blocks(z.discriminatedUnion('type', [Text, Picture, File])).default([]),
  is_error: z.boolean().default(false),
});
/** What another model thought is signed for that model alone. */
const Thought = z.looseObject({ type: z.enum(['thinking', 'redacted_thinking']) });

const Said = z.discriminatedUnion('type', [Text, ToolUse, Thought]);
const Asked = z.discriminatedUnion('type', [Text, Picture, File, ToolResult]);
type Shown = z.infer<typeof Picture> | z.infer<typeof File>;
type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;

const Message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content: blocks(Asked) }),
  z.looseObject({ role: z.literal('assistant'), content: blocks(Said) }),
]);

const Tool = z.looseObject({
  type: z.literal('custom').default('custom'),
  name: z.string(),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
});

/** A request in Anthropic's format, as far as a model of another provider can carry it out. */
const MessagesRequest = ApiRequest.extend({
  max_tokens: z.int().min(1),
  system: blocks(Text).optional(),
  messages: z.array(Message).min(1),
  tools: z.array(Tool).optional(),
  tool_choice: z
    .looseObject({ type: z.enum(['auto', 'any', 'tool', 'none']), name: z.string().optional() })
    .optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  stop_sequences: z.array(z.string()).optional(),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

/**
 * What Anthropic's format asks, in the shape that the AI SDK's providers take. What would change the answer and cannot be
 * carried over is refused by name; hints (marks for caches, thinking, `top_k`, metadata) are left out.
 */
export function readMessages(request: ApiRequest): LanguageModelV4CallOptions {
  const parsed = MessagesRequest.safeParse(request);
  if (!parsed.success) throw refusalOf(parsed.error);
  const { max_tokens, system, messages, tools, tool_choice, temperature, top_p, stop_sequences } =
    parsed.data;
  const names = new Map(messages.flatMap(toolNames));
  return {
    prompt: [
      ...(system ? [{ role: 'system' as const, content: plain(system) }] : []),
      ...messages.flatMap((message) => readMessage(message, names)),
    ],
    maxOutputTokens: max_tokens,
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(stop_sequences && { stopSequences: stop_sequences }),
    ...(tools && {
      tools: tools.map(({ name, description, input_schema }) => ({
        type: 'function' as const,
        name,
        ...(description !== undefined && { description }),
        inputSchema: input_schema,
      })),
    }),
    ...(tool_choice && { toolChoice: readChoice(tool_choice) }),
  };
}

function refusalOf({ issues: [issue] }: z.ZodError): Error {
  const at = issue?.path.join('.') ?? 'body';
  return invalidRequest(
    `${at}: ${issue?.message ?? 'not valid'}. This model does not take Anthropic's format, so the call is translated: text, pictures, documents and tools of your own can be.`,
  );
}

function readChoice({ type, name = '' }: NonNullable<MessagesRequest['tool_choice']>) {
  if (type === 'any') return { type: 'required' as const };
  return type === 'tool' ? { type, toolName: name } : { type };
}

/** Anthropic's results name only the use, the others want the tool's name as well. */
function toolNames({ role, content }: z.infer<typeof Message>): [string, string][] {
  if (role === 'user') return [];
  return content.flatMap((block) =>
    block.type === 'tool_use' ? [[block.id, block.name] as [string, string]] : [],
  );
}

function readMessage(
  { role, content }: z.infer<typeof Message>,
  names: ReadonlyMap<string, string>,
): LanguageModelV4Message[] {
  if (role === 'assistant') return [{ role, content: content.flatMap(readSaid) }];
  const results = content.filter((block) => block.type === 'tool_result');
  // Where results stand for themselves, what they show comes after them.
  const shown = results.flatMap((result) =>
    result.content.filter((part) => part.type !== 'text').map(readFile),
  );
  const asked = content.flatMap((block): UserPart[] =>
    block.type === 'text' ? [readText(block)] : block.type === 'tool_result' ? [] : [readFile(block)],
  );
  const rest = [...shown, ...asked];
  return [
    ...(results.length > 0
      ? [{ role: 'tool' as const, content: results.map((result) => readResult(result, names)) }]
      : []),
    ...(rest.length > 0 ? [{ role, content: rest }] : []),
  ];
}

function readSaid(block: z.infer<typeof Said>): (LanguageModelV4TextPart | LanguageModelV4ToolCallPart)[] {
  if (block.type === 'text') return [readText(block)];
  if (block.type !== 'tool_use') return [];
  const { id: toolCallId, name: toolName, input } = block;
  return [{ type: 'tool-call', toolCallId, toolName, input }];
}

function readResult(
  { tool_use_id: toolCallId, content, is_error }: z.infer<typeof ToolResult>,
  names: ReadonlyMap<string, string>,
) {
  const value = plain(content.filter((part) => part.type === 'text'));
  return {
    type: 'tool-result' as const,
    toolCallId,
    toolName: names.get(toolCallId) ?? 'unknown',
    output: { type: is_error ? ('error-text' as const) : ('text' as const), value },
  };
}

const readText = ({ text }: z.infer<typeof Text>): LanguageModelV4TextPart => ({ type: 'text', text });

function readFile({ type, source }: Shown): LanguageModelV4FilePart {
  if (source.type === 'base64')
    return { type: 'file', mediaType: source.media_type, data: { type: 'data', data: source.data } };
  const mediaType = type === 'image' ? 'image/*' : 'application/pdf';
  return { type: 'file', mediaType, data: { type: 'url', url: new URL(source.url) } };
}

const plain = (texts: readonly z.infer<typeof Text>[]) => texts.map(({ text }) => text).join('\n');
