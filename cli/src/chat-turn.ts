import { ChatFrame, type Message, type ToolCall } from '@aether/contracts/openclaw';
import type { Api } from './api.js';
import { CommandError } from './command-error.js';
import { followTopic } from './live.js';

/** Frames tell at once; reading again is for the case that they do not come through. */
const READ_AGAIN_MS = 5_000;
const RECENT = 20;

export interface TurnOptions {
  readonly api: Api;
  readonly chatId: string;
  readonly text: string;
  /** Of files that were brought for it. */
  readonly attachmentIds: readonly string[];
  /** Cursor of the chat as far as it was seen; from its beginning where absent. */
  readonly after?: string;
  readonly timeoutMs: number;
  /** Aborts the agent's turn as well. */
  readonly signal: AbortSignal;
  /** The reply as it now stands: its text may grow, and sometimes is replaced. */
  onReply(reply: Message): void;
  onStatus(phase: string): void;
  onTool(toolCall: ToolCall): void;
}

export interface Turn {
  readonly message: Message;
  readonly reply: Message;
  readonly cursor: string | undefined;
}

/** Sends a message and follows the reply to its end. Throws where the turn fails, is aborted, or takes too long. */
export async function runTurn(options: TurnOptions): Promise<Turn> {
  const { api, chatId } = options;
  const messages = new Map<string, Message>();
  const ended = Promise.withResolvers<Message>();
  const stop = new AbortController();
  let cursor = options.after;
  let sent: Message | null = null;

  const look = () => {
    const current = sent && (messages.get(sent.id) ?? sent);
    if (!current) return;
    const reply = replyTo(current, messages);
    if (reply) options.onReply(reply);
    const failed = [current, reply].find((message) => message?.state === 'failed');
    const aborted = [current, reply].find((message) => message?.state === 'aborted');
    if (failed) ended.reject(turnFailed(failed, chatId));
    else if (aborted) ended.reject(turnAborted(reply, chatId));
    else if (reply?.state === 'complete') ended.resolve(reply);
  };
  const readAgain = async () => {
    const page = await api.call('GET /api/v1/chats/{id}/messages', { id: chatId, limit: RECENT });
    for (const message of page.items) {
      const held = messages.get(message.id);
      // The row of a running reply is written less often than its text is told.
      const older = message.state === 'streaming' && held?.text.startsWith(message.text);
      if (!older) messages.set(message.id, message);
    }
    look();
  };
  const apply = async (frame: ChatFrame) => {
    if (frame.kind === 'message') messages.set(frame.message.id, frame.message);
    else if (frame.kind === 'delta') {
      const message = messages.get(frame.messageId);
      // The text before this delta was missed: only the rows know it.
      if (!message || frame.offset > message.text.length) await readAgain();
      else messages.set(message.id, { ...message, text: message.text.slice(0, frame.offset) + frame.delta });
    } else if (frame.kind !== 'access' && messages.get(frame.messageId)?.replyTo === sent?.id)
      if (frame.kind === 'status') options.onStatus(frame.phase);
      else options.onTool(frame.toolCall);
    look();
  };
  const follow = async () => {
    const topic = `chat/${chatId}`;
    for await (const followed of followTopic({
      target: api.target,
      topic,
      after: cursor,
      signal: stop.signal,
    })) {
      if (followed.kind === 'subscribed') continue;
      cursor = followed.cursor;
      const frame = ChatFrame.safeParse(followed.data);
      if (frame.success) await apply(frame.data);
    }
  };

  const abort = () => void api.call('POST /api/v1/chats/{id}/abort', { id: chatId }).catch(ended.reject);
  options.signal.addEventListener('abort', abort, { once: true });
  void follow().catch(() => undefined);
  const timer = setInterval(() => void readAgain().catch(() => undefined), READ_AGAIN_MS);
  const late = setTimeout(() => ended.reject(turnTooLong(chatId, options.timeoutMs)), options.timeoutMs);
  try {
    sent = await api.call('POST /api/v1/chats/{id}/messages', {
      id: chatId,
      text: options.text,
      attachmentIds: [...options.attachmentIds],
    });
    look();
    const reply = await ended.promise;
    return { message: messages.get(sent.id) ?? sent, reply, cursor };
  } finally {
    stop.abort();
    clearInterval(timer);
    clearTimeout(late);
    options.signal.removeEventListener('abort', abort);
  }
}

/** The newest answer to `message`: a turn that was resumed may have left an earlier one behind. */
function replyTo(message: Message, messages: ReadonlyMap<string, Message>): Message | undefined {
  return [...messages.values()]
    .filter((candidate) => candidate.role === 'assistant' && candidate.replyTo === message.id)
    .sort((a, b) => a.seq - b.seq)
    .at(-1);
}

function turnFailed(message: Message, chatId: string): CommandError {
  return new CommandError({
    code: message.reason?.code ?? 'turn_failed',
    detail: message.reason?.cause ?? 'The agent did not answer.',
    hint: message.reason?.remedy,
    document: { chatId, reply: message.role === 'assistant' ? message.text : null },
  });
}

function turnAborted(reply: Message | undefined, chatId: string): CommandError {
  return new CommandError({
    code: 'turn_aborted',
    detail: 'The reply was aborted.',
    exitCode: 130,
    document: { chatId, reply: reply?.text ?? null },
  });
}

function turnTooLong(chatId: string, timeoutMs: number): CommandError {
  return new CommandError({
    code: 'wait_timeout',
    detail: `The reply was not complete after ${timeoutMs / 1_000} s.`,
    hint: 'The turn goes on; the chat keeps it. Wait longer with --timeout.',
    document: { chatId, reply: null },
  });
}
