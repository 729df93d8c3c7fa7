import type { Message } from '../calls/chat-request.js';

/** What the person said last, and what has been done about it since. */
export interface Turn {
  readonly said: string;
  readonly toolCalls: number;
  readonly toolResults: readonly string[];
}

/** OpenClaw adds a time in front, a line about the runtime behind, and a message of its own after the person's. */
const TIME = /^\[[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} \d{2}:\d{2}[^\]\n]*\]\s*/;
const RUNTIME = /\n+Runtime: agent=[^\n]*\s*$/;
/** What the gateway itself says to go on after an interruption. */
const CONTINUE = /^Continue the current task from the existing transcript[^\n]*$/gm;
/** Put before a message that a broken turn left behind, when the gateway goes on with it. */
const QUEUED = /^\[Queued user message[^\]\n]*\]\s*/gm;
const INTERNAL = /<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>[\s\S]*?(?:<<<END_OPENCLAW_INTERNAL_CONTEXT>>>|$)/g;

/**
 * The last turn of a conversation: all that the person said since the last answer or tool result, not only
 * the last message. A turn that was cut off has no answer, so an older message may stand before tool results.
 */
export function readTurn(messages: readonly Message[]): Turn {
  const heard = messages.map(({ role, content }) => (role === 'user' ? plainText(textOf(content)) : ''));
  const end = heard.findLastIndex((text) => text !== '');
  const answered = messages
    .slice(0, end)
    .findLastIndex(({ role }) => role === 'assistant' || role === 'tool');
  const after = messages.slice(end + 1);
  return {
    said: heard
      .slice(answered + 1, end + 1)
      .filter(Boolean)
      .join('\n'),
    toolCalls: after.reduce(
      (sum, { role, tool_calls: calls }) => sum + (role === 'assistant' ? (calls?.length ?? 0) : 0),
      0,
    ),
    toolResults: after.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
  };
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => (typeof text === 'string' ? text : '')).join('\n');
}

function plainText(text: string): string {
  return text
    .replace(INTERNAL, '')
    .replace(QUEUED, '')
    .replace(CONTINUE, '')
    .trim()
    .replace(TIME, '')
    .replace(RUNTIME, '')
    .trim();
}
