import type { Attachment, ChatFrame, Permissions } from '@aether/contracts/openclaw';
import type { OpenTurn } from './chat.repository.js';
import { ToolCalls } from './tool-calls.js';

/** Longer replies are clipped: a message must fit into one frame of the bus, whatever its characters. */
const TEXT_MAX = 500_000;

/** A turn in progress: what has come of its reply, and what of that has been shown. */
export class Turn {
  readonly chatId: string;
  readonly connectionId: string;
  readonly replyId: string;
  readonly seq: number;
  readonly sessionKey: string;
  readonly agentId: string;
  /** Where the agent works instead of its own workspace. */
  readonly directory: string | null;
  readonly permissions: Permissions | null;
  readonly deploymentId: string;
  readonly missionId: string | null;
  /** Idempotency key of the turn at the gateway, which also names its run. */
  readonly runId: string;
  readonly prompt: string;
  readonly attachments: readonly Attachment[];
  readonly queuedAt: Date;
  readonly tools: ToolCalls;
  sentAt: Date | null;
  abortRequested: boolean;
  /** When the gateway was last heard of, or asked about, this turn. */
  heardAt: Date;
  /** Where the gateway goes on with the turn under another run after a crash of its own. */
  adoptedRunId: string | null = null;
  /** After a lost connection a run unknown so far may be the continuation of this one. */
  mayAdopt = false;
  /** The end of waiting for that continuation. */
  resumeBy: Date | null = null;
  ended = false;
  private said: string;
  private shown: string;
  private rewritten = Infinity;
  private last: Promise<void> = Promise.resolve();

  constructor({ chat, prompt, reply }: OpenTurn) {
    this.chatId = chat.id;
    this.connectionId = chat.connectionId;
    this.replyId = reply.id;
    this.seq = reply.seq;
    this.sessionKey = chat.sessionKey;
    this.agentId = chat.agentId;
    this.directory = chat.directory;
    this.permissions = chat.permissions;
    this.deploymentId = chat.deploymentId;
    this.missionId = chat.missionId;
    this.runId = prompt.id;
    this.prompt = prompt.text;
    this.attachments = prompt.attachments;
    this.queuedAt = reply.createdAt;
    this.heardAt = reply.createdAt;
    this.sentAt = reply.sentAt;
    this.abortRequested = reply.abortRequestedAt !== null;
    this.said = reply.text;
    this.shown = reply.text;
    this.tools = new ToolCalls(reply.toolCalls);
  }

  get text(): string {
    return this.said;
  }

  set text(text: string) {
    const next = text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
    if (!next.startsWith(this.said)) this.rewritten = Math.min(this.rewritten, commonPrefix(next, this.said));
    this.said = next;
  }

  /** Text before this place has never been replaced, so a reader may be trusted to have it. */
  get stableLength(): number {
    return Math.min(this.rewritten, this.said.length);
  }

  get cursor(): string {
    return `${this.seq}:${this.shown.length}`;
  }

  /** Runs work on this turn one after the other; it must not throw. */
  inOrder(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(work);
    return this.last;
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
    const { said, shown } = this;
    if (said === shown) return null;
    const offset = said.startsWith(shown) ? shown.length : commonPrefix(said, shown);
    this.shown = said;
    return { kind: 'delta', messageId: this.replyId, seq: this.seq, offset, delta: said.slice(offset) };
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
