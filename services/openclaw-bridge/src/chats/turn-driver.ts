import { modelsRequests } from '@aether/contracts/models';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { AbortAnswer, SendAnswer, SessionAnswer } from '../gateway/frames.js';
import { GatewayRequestError } from '../gateway/gateway-client.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { AttachmentRepository } from './attachment.repository.js';
import { ChatFeed } from './chat-feed.js';
import type { Outcome } from './message.entity.js';
import { OpenTurns } from './open-turns.js';
import { outcomes } from './outcomes.js';
import { judge, type Verdict } from './turn-history.js';
import { TurnRepository } from './turn.repository.js';
import { TurnStore } from './turn-store.js';
import type { Turn } from './turn.js';

/** A connected gateway, as far as turns need it. */
export interface Link {
  readonly connectionId: string;
  request(method: string, params: object, timeoutMs?: number): Promise<unknown>;
}

const HISTORY = { limit: 1_000, maxChars: 500_000 };
/** For a frame of 25 MiB, to a gateway that is far away. */
const CARRY_WITHIN_MS = 180_000;
const ABORT_WITHIN_MS = 5_000;
/** How soon a busy gateway is asked again, and one that may go on with an interrupted turn is looked at again. */
const AGAIN_MS = 1_000;

/** Brings turns forward at their gateways: sends each once, finds it again after a loss, ends it once. */
@Injectable()
export class TurnDriver {
  private readonly links = new Map<string, Link>();

  constructor(
    private readonly turns: TurnRepository,
    private readonly attachments: AttachmentRepository,
    private readonly open: OpenTurns,
    private readonly feed: ChatFeed,
    private readonly store: TurnStore,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: BridgeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  link(link: Link): void {
    this.links.set(link.connectionId, link);
  }

  unlink(connectionId: string): void {
    this.links.delete(connectionId);
  }

  /** The connection of a gateway that is there. */
  linkOf(connectionId: string): Link | undefined {
    return this.links.get(connectionId);
  }

  /** Does the next thing for a turn, after what is being done for it. Waits for the next connection where there is none. */
  advance(turn: Turn): Promise<void> {
    return turn.inOrder(async () => {
      const link = this.links.get(turn.connectionId);
      if (!link || turn.ended) return;
      turn.heardAt = this.clock.now();
      try {
        if (!turn.sentAt) await this.send(turn, link);
        else if (turn.abortRequested) await this.abort(turn, link);
        else await this.catchUp(turn, link);
      } catch (error) {
        this.logger.info({ err: error, chatId: turn.chatId }, 'a turn waits for its gateway');
      }
    });
  }

  /** Ends a turn once, whatever is said of it again. */
  async end(turn: Turn, outcome: Outcome): Promise<void> {
    if (!this.open.end(turn)) return;
    turn.text = outcome.text;
    await this.store.finish(turn, outcome);
    this.open.forget(turn);
  }

  /** Stops the run of a turn that has ended here, if its gateway can be reached. */
  async stopRun(turn: Turn): Promise<void> {
    const { sessionKey } = turn;
    await this.links
      .get(turn.connectionId)
      ?.request('chat.abort', { sessionKey }, ABORT_WITHIN_MS)
      .catch((error: unknown) =>
        this.logger.info({ err: error, chatId: turn.chatId }, 'a run was not stopped at its gateway'),
      );
  }

  private async send(turn: Turn, link: Link): Promise<void> {
    if (turn.abortRequested) return this.end(turn, outcomes.aborted(turn.text));
    const isSpecial = turn.directory ?? turn.permissions ?? turn.missionId;
    if (isSpecial && !(await this.setUp(turn, link))) return;
    const attachments = await this.filesOf(turn);
    // Written before it is sent: after a crash in between, the history tells whether it arrived.
    turn.sentAt = this.clock.now();
    if (!(await this.turns.markSent(turn, turn.sentAt))) return this.open.forget(turn);
    try {
      const { sessionKey, prompt: message, runId: idempotencyKey } = turn;
      const said = { sessionKey, message, idempotencyKey, ...(attachments.length > 0 && { attachments }) };
      const answer = await link.request(
        'chat.send',
        said,
        attachments.length > 0 ? CARRY_WITHIN_MS : undefined,
      );
      // It was sent before and has ended since.
      if (SendAnswer.parse(answer).status === 'ok') await this.catchUp(turn, link);
    } catch (error) {
      if (!(error instanceof GatewayRequestError) || error.isLost) throw error;
      if (!error.retryable) return this.end(turn, outcomes.refused(turn.text, error));
      turn.sentAt = null;
      await this.turns.markUnsent(turn);
      this.advanceLater(turn);
    }
  }

  private async filesOf({ attachments }: Turn): Promise<object[]> {
    const contents = await this.attachments.contents(attachments);
    return contents.map(({ attachment: { name, mediaType, bytes, isPicture }, content }) => ({
      type: isPicture ? 'image' : 'file',
      mimeType: mediaType,
      fileName: name,
      sizeBytes: bytes,
      content,
    }));
  }

  /**
   * Has the session work in its directory and with its permissions; the same again is harmless. A gateway that does not
   * do it would have the agent work somewhere else, or without asking, so the turn ends instead.
   */
  private async setUp(turn: Turn, link: Link): Promise<boolean> {
    const { sessionKey: key, agentId, directory: cwd, permissions: permissionMode } = turn;
    let refusal = { message: 'the gateway took another directory, or other permissions' };
    try {
      const answer = await link.request('sessions.create', {
        key,
        agentId,
        ...(cwd && { cwd }),
        ...(permissionMode && { permissionMode }),
      });
      const { entry, sessionId } = SessionAnswer.parse(answer);
      const isThere = !cwd || samePath(entry?.spawnedCwd, cwd);
      if (isThere && (!permissionMode || entry?.permissionMode === permissionMode))
        return await this.attribute(turn, sessionId);
    } catch (error) {
      if (!(error instanceof GatewayRequestError) || error.isLost || error.retryable) throw error;
      refusal = error;
    }
    await this.end(turn, outcomes.setUpRefused(turn.text, refusal));
    return false;
  }

  /** Says which mission the session's model calls count for, before it makes any. False where that has to wait. */
  private async attribute(turn: Turn, session: string | undefined): Promise<boolean> {
    const { deploymentId, missionId } = turn;
    if (!missionId || !session) return true;
    try {
      const input = { deploymentId, missionId, session };
      await this.messaging.call(modelsRequests.attributeSession, input, serviceContext('openclaw-bridge'));
      return true;
    } catch (error) {
      this.logger.info({ err: error, chatId: turn.chatId }, 'a turn waits for the models service');
      this.advanceLater(turn);
      return false;
    }
  }

  /** Finds out from the gateway's record how far a sent turn has come. */
  private async catchUp(turn: Turn, link: Link): Promise<void> {
    const verdict = await this.lookUp(turn, link);
    if (turn.ended) return;
    if (verdict.kind === 'ended') return this.end(turn, verdict.outcome);
    if (verdict.kind === 'absent') return this.send(turn, link);
    if (verdict.kind === 'running') {
      this.follow(turn, verdict);
      // Tools are told in detail only to the connection that sent the turn, and to subscribers.
      await link.request('sessions.messages.subscribe', { key: turn.sessionKey });
      return;
    }
    turn.resumeBy ??= new Date(this.clock.now().getTime() + this.config.RESUME_MAX_S * 1_000);
    this.advanceLater(turn);
  }

  private follow(turn: Turn, running: { runId: string | null; text: string | null }): void {
    turn.resumeBy = null;
    const { runId, text } = running;
    const isNew = runId !== null && !turn.owns(runId, false);
    if (isNew) turn.adoptedRunId = runId;
    // The record of a run lags behind its deltas.
    if (text && (isNew || text.length > turn.text.length)) turn.text = text;
    this.feed.text(turn);
    this.store.progress(turn);
  }

  private async lookUp(turn: Turn, link: Link): Promise<Verdict> {
    const answer = await link.request('chat.history', { sessionKey: turn.sessionKey, ...HISTORY });
    const { verdict, rows } = judge(answer, turn);
    turn.tools.recall(rows);
    return verdict;
  }

  private async abort(turn: Turn, link: Link): Promise<void> {
    const { sessionKey } = turn;
    const answer = await link.request('chat.abort', { sessionKey }, ABORT_WITHIN_MS);
    // Nothing ran: it had ended before, or was never begun.
    const verdict = AbortAnswer.parse(answer).aborted ? null : await this.lookUp(turn, link);
    await this.end(turn, verdict?.kind === 'ended' ? verdict.outcome : outcomes.aborted(turn.text));
  }

  private advanceLater(turn: Turn): void {
    setTimeout(() => void this.advance(turn), AGAIN_MS).unref();
  }
}

const samePath = (told: string | undefined, asked: string) =>
  told?.replace(/\/+$/, '') === asked.replace(/\/+$/, '');
