import { setTimeout as delay } from 'node:timers/promises';
import type { Reason } from '@aether/contracts/openclaw';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { ChatEvent, ToolEvent, textOf } from '../gateway/frames.js';
import { GatewayRequestError, type GatewayEvent } from '../gateway/gateway-client.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository, type OpenTurn } from './chat.repository.js';
import type { Outcome } from './message.entity.js';
import { judge } from './turn-history.js';
import { TurnStore } from './turn-store.js';
import { Turn } from './turn.js';

/** A connected gateway, as far as turns need it. */
export interface Link {
  readonly connectionId: string;
  request(method: string, params: object, timeoutMs?: number): Promise<unknown>;
}

const HISTORY_ROWS = 200;
const RECHECK_MS = 2_000;
const SWEEP_MS = 1_000;
const BUSY_RETRY_MS = 1_000;

/** Every turn that has not ended: sent once, followed, found again after a loss, ended once. */
@Injectable()
export class Turns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly bySession = new Map<string, Turn>();
  private readonly connectionOf = new Map<Turn, string>();
  private readonly links = new Map<string, Link>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly chats: ChatRepository,
    private readonly feed: ChatFeed,
    private readonly store: TurnStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: BridgeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    await this.store.stop();
  }

  /** The turn of a reply, where it runs here: its text is ahead of the rows. */
  current(replyId: string): Turn | undefined {
    return [...this.bySession.values()].find((turn) => turn.replyId === replyId);
  }

  /** Begins a stored turn, now or when its gateway is there. */
  begin(open: OpenTurn): void {
    const turn = this.adopt(open);
    const link = this.links.get(open.chat.connectionId);
    if (link) void this.drive(turn, link);
  }

  /** A gateway is there (again): unsent turns are sent, the others found in its history. */
  async connected(link: Link): Promise<void> {
    this.links.set(link.connectionId, link);
    for (const open of await this.chats.openTurns(link.connectionId)) {
      const turn = this.bySession.get(open.chat.sessionKey) ?? this.adopt(open);
      if (this.links.get(link.connectionId) === link) void this.drive(turn, link);
    }
  }

  disconnected(connectionId: string): void {
    this.links.delete(connectionId);
  }

  /** Frames were lost on a live connection: what they told is read from the history. */
  resynchronise(link: Link): void {
    for (const [turn, connectionId] of this.connectionOf)
      if (connectionId === link.connectionId && turn.sentAt) void this.drive(turn, link);
  }

  /** Asks the gateway to stop a turn. False where none is open. */
  async abort(chatId: string): Promise<boolean> {
    const turn = [...this.bySession.values()].find((candidate) => candidate.chatId === chatId);
    if (!turn) return false;
    turn.abortRequested = true;
    await this.chats.requestAbort(turn.replyId);
    const link = this.links.get(this.connectionOf.get(turn) ?? '');
    if (!turn.sentAt) await this.end(turn, { state: 'aborted', text: turn.text, reason: null });
    else if (link) await this.stopAtGateway(turn, link);
    return true;
  }

  /** Forgets a chat that is deleted. */
  forget(chatId: string): void {
    for (const turn of [...this.bySession.values()]) if (turn.chatId === chatId) this.drop(turn);
  }

  handle(connectionId: string, { event, payload }: GatewayEvent): void {
    if (event === 'chat') {
      const chat = ChatEvent.safeParse(payload);
      if (chat.success) this.onChat(connectionId, chat.data);
    } else if (event === 'agent') {
      const tool = ToolEvent.safeParse(payload);
      if (tool.success) this.onTool(tool.data);
    }
  }

  private onTool(event: ToolEvent): void {
    const turn = this.bySession.get(event.sessionKey);
    if (!turn?.owns(event.runId, true)) return;
    const toolCall = turn.recordTool(event);
    this.store.progress(turn);
    this.feed.about(turn, { kind: 'tool', messageId: turn.replyId, seq: turn.seq, toolCall });
  }

  private onChat(connectionId: string, event: ChatEvent): void {
    const turn = this.bySession.get(event.sessionKey);
    if (!turn?.owns(event.runId, event.state === 'status' || event.state === 'delta')) return;
    const text = textOf(event.message) || turn.text;
    switch (event.state) {
      case 'status':
        this.feed.about(turn, {
          kind: 'status',
          messageId: turn.replyId,
          seq: turn.seq,
          phase: event.phase ?? 'working',
        });
        return;
      case 'delta':
        // The message is cumulative: deltas may be skipped for a slow reader, the text never is.
        turn.text = event.message ? textOf(event.message) : turn.text + (event.deltaText ?? '');
        turn.resumeBy = null;
        this.feed.text(turn);
        this.store.progress(turn);
        return;
      case 'final':
        // Without a message the run was merged into another, or is the echo of a resent key.
        if (!event.message) return this.lookUp(turn, connectionId);
        void this.end(
          turn,
          event.stopReason === 'toolUse' ? cutInTool(text) : { state: 'complete', text, reason: null },
        );
        return;
      case 'aborted':
        void this.end(turn, { state: 'aborted', text, reason: null });
        return;
      case 'error':
        void this.end(turn, { state: 'failed', text, reason: agentFailed(event.errorMessage) });
    }
  }

  private lookUp(turn: Turn, connectionId: string): void {
    const link = this.links.get(connectionId);
    if (link) void this.drive(turn, link);
  }

  /** Brings a turn forward by what the gateway knows of it. Errors of the connection leave it for the next one. */
  private async drive(turn: Turn, link: Link): Promise<void> {
    try {
      if (!turn.sentAt) return await this.send(turn, link);
      turn.mayAdopt = true;
      const answer = await link.request('chat.history', { sessionKey: turn.sessionKey, limit: HISTORY_ROWS });
      if (!this.isOpen(turn)) return;
      const verdict = judge(answer, turn);
      if (verdict.kind === 'ended') return await this.end(turn, verdict.outcome);
      if (turn.abortRequested) return await this.stopAtGateway(turn, link);
      if (verdict.kind === 'absent') return await this.send(turn, link);
      if (verdict.kind === 'running') return this.follow(turn, verdict);
      return await this.awaitResume(turn, link);
    } catch (error) {
      if (!(error instanceof GatewayRequestError)) throw error;
      this.logger.info({ chatId: turn.chatId, code: error.code }, 'a turn waits for its gateway');
    }
  }

  private follow(turn: Turn, running: { runId: string | null; text: string | null }): void {
    if (running.runId) turn.adoptedRunId = running.runId;
    turn.resumeBy = null;
    if (running.text) {
      turn.text = running.text;
      this.feed.text(turn);
      this.store.progress(turn);
    }
  }

  /** A gateway that was killed goes on with a turn by itself some seconds after it is back. */
  private async awaitResume(turn: Turn, link: Link): Promise<void> {
    turn.resumeBy ??= new Date(this.clock.now().getTime() + this.config.RESUME_MAX_S * 1_000);
    await delay(RECHECK_MS);
    if (this.isOpen(turn) && turn.resumeBy && this.links.get(link.connectionId) === link)
      await this.drive(turn, link);
  }

  private async send(turn: Turn, link: Link): Promise<void> {
    if (turn.abortRequested) return this.end(turn, { state: 'aborted', text: turn.text, reason: null });
    // Written before it is sent: after a crash in between, the history tells whether it arrived.
    turn.sentAt = this.clock.now();
    await this.chats.markSent(turn.replyId, turn.sentAt);
    try {
      await link.request('chat.send', {
        sessionKey: turn.sessionKey,
        message: turn.prompt,
        idempotencyKey: turn.runId,
      });
    } catch (error) {
      if (!(error instanceof GatewayRequestError)) throw error;
      if (error.code === 'lost' || error.code === 'not_connected') throw error;
      if (!error.retryable) return this.end(turn, { state: 'failed', text: '', reason: refused(error) });
      turn.sentAt = null;
      await this.chats.markSent(turn.replyId, null);
      await delay(BUSY_RETRY_MS);
      if (this.isOpen(turn) && this.links.get(link.connectionId) === link) await this.send(turn, link);
    }
  }

  private async stopAtGateway(turn: Turn, link: Link): Promise<void> {
    try {
      const answer = await link.request('chat.abort', { sessionKey: turn.sessionKey });
      // The gateway tells `aborted` by an event before it answers; with nothing running there is none.
      const { aborted } = answer as { aborted?: boolean };
      if (!aborted && this.isOpen(turn))
        await this.end(turn, { state: 'aborted', text: turn.text, reason: null });
    } catch (error) {
      if (!(error instanceof GatewayRequestError)) throw error;
    }
  }

  private async end(turn: Turn, outcome: Outcome): Promise<void> {
    if (!this.isOpen(turn)) return;
    this.drop(turn);
    turn.text = outcome.text;
    await this.store.finish(turn, outcome);
  }

  /** Ends what has waited too long, so that nothing hangs. */
  private async sweep(): Promise<void> {
    const now = this.clock.now().getTime();
    const over = (since: Date | null, seconds: number) =>
      since !== null && now > since.getTime() + seconds * 1_000;
    for (const turn of [...this.bySession.values()]) {
      if (!turn.sentAt && over(turn.queuedAt, this.config.QUEUE_MAX_S))
        await this.end(turn, {
          state: 'failed',
          text: turn.text,
          reason: tooLate('queue_timeout', 'Its gateway was not there in time.'),
        });
      else if (over(turn.resumeBy, 0))
        await this.end(turn, {
          state: 'failed',
          text: turn.text,
          reason: tooLate('turn_lost', 'The gateway was interrupted and did not go on.'),
        });
      else if (over(turn.sentAt, this.config.TURN_MAX_S)) {
        const link = this.links.get(this.connectionOf.get(turn) ?? '');
        if (link) await this.stopAtGateway(turn, link);
        await this.end(turn, {
          state: 'failed',
          text: turn.text,
          reason: tooLate('turn_timeout', 'The turn took longer than allowed.'),
        });
      }
    }
  }

  private adopt(open: OpenTurn): Turn {
    const turn = new Turn(open);
    this.bySession.set(turn.sessionKey, turn);
    this.connectionOf.set(turn, open.chat.connectionId);
    return turn;
  }

  private isOpen(turn: Turn): boolean {
    return this.bySession.get(turn.sessionKey) === turn;
  }

  private drop(turn: Turn): void {
    if (this.isOpen(turn)) this.bySession.delete(turn.sessionKey);
    this.connectionOf.delete(turn);
  }
}

const again = 'Send the message again.';

function agentFailed(message: string | undefined): Reason {
  return {
    code: 'agent_failed',
    cause: message ?? 'The agent failed.',
    remedy: 'See the agent’s log, then send the message again.',
  };
}

function refused(error: GatewayRequestError): Reason {
  return { code: 'message_refused', cause: error.message, remedy: again };
}

function cutInTool(text: string): Outcome {
  const cause = 'The turn was stopped in the middle of a tool call.';
  return { state: 'failed', text, reason: { code: 'cut_in_tool', cause, remedy: again } };
}

function tooLate(code: string, cause: string): Reason {
  return { code, cause, remedy: again };
}
