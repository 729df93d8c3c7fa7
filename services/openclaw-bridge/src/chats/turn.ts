import type { ChatFrame, ToolCall } from '@aether/contracts/openclaw';
import type { ToolEvent } from '../gateway/frames.js';
import type { OpenTurn } from './chat.repository.js';

/** A turn in progress: what has come of its reply, and what of that has been shown. */
export class Turn {
  readonly chatId: string;
  readonly replyId: string;
  readonly seq: number;
  readonly sessionKey: string;
  /** Idempotency key of the turn at the gateway, which also names its run. */
  readonly runId: string;
  readonly prompt: string;
  readonly queuedAt: Date;
  sentAt: Date | null;
  abortRequested: boolean;
  /** Where the gateway goes on with the turn under another run after a crash of its own. */
  adoptedRunId: string | null = null;
  /** After a lost connection a run unknown so far may be the continuation of this one. */
  mayAdopt = false;
  /** The end of waiting for that continuation. */
  resumeBy: Date | null = null;
  text: string;
  private shown: string;
  private readonly tools: Map<string, ToolCall>;

  constructor({ chat, prompt, reply }: OpenTurn) {
    this.chatId = chat.id;
    this.replyId = reply.id;
    this.seq = reply.seq;
    this.sessionKey = chat.sessionKey;
    this.runId = prompt.id;
    this.prompt = prompt.text;
    this.queuedAt = reply.createdAt;
    this.sentAt = reply.sentAt;
    this.abortRequested = reply.abortRequestedAt !== null;
    this.text = reply.text;
    this.shown = reply.text;
    this.tools = new Map(reply.toolCalls.map((call) => [call.id, call]));
  }

  get toolCalls(): ToolCall[] {
    return [...this.tools.values()];
  }

  /** True for events of this turn's run; `begins` are those by which an unknown run may be adopted. */
  owns(runId: string, begins: boolean): boolean {
    if (runId === this.runId || runId === this.adoptedRunId) return true;
    if (!this.mayAdopt || !begins) return false;
    this.adoptedRunId = runId;
    return true;
  }

  /** The delta that brings a reader from what was shown to the present text, or null. */
  takeDelta(): Extract<ChatFrame, { kind: 'delta' }> | null {
    if (this.text === this.shown) return null;
    const offset = this.text.startsWith(this.shown) ? this.shown.length : commonPrefix(this.text, this.shown);
    this.shown = this.text;
    return { kind: 'delta', messageId: this.replyId, seq: this.seq, offset, delta: this.text.slice(offset) };
  }

  /** Takes in a tool's start or result. */
  recordTool({ data }: ToolEvent): ToolCall {
    const known = this.tools.get(data.toolCallId);
    const call: ToolCall = {
      id: data.toolCallId,
      name: data.name ?? known?.name ?? 'tool',
      args: data.args ?? known?.args,
      result: data.result === undefined ? (known?.result ?? null) : resultText(data.result),
      isError: data.isError ?? known?.isError ?? false,
    };
    this.tools.set(call.id, call);
    return call;
  }

  get cursor(): string {
    return `${this.seq}:${this.shown.length}`;
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Longer results are the gateway's to keep. */
const RESULT_MAX = 20_000;

function resultText(result: unknown): string {
  const blocks = (result as { content?: { text?: string }[] } | null)?.content;
  const text =
    typeof result === 'string'
      ? result
      : Array.isArray(blocks)
        ? blocks.map((block) => block.text ?? '').join('\n')
        : JSON.stringify(result);
  return text.slice(0, RESULT_MAX);
}
