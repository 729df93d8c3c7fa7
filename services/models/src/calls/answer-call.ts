import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { UsageRecord } from '@aether/contracts/models';
import { runInContext, serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { CheckBudgets } from '../budgets/check-budgets.js';
import type { VirtualKey } from '../keys/virtual-key.entity.js';
import { ModelCatalogue, type Candidate } from '../provider/model-catalogue.js';
import type { UpstreamReply } from '../provider/upstream.js';
import { formatOf } from '../provider/wire.js';
import { MissionSessions } from '../sessions/mission-sessions.js';
import { CLOCK, LOGGER } from '../tokens.js';
import { costOf } from '../usage/cost.js';
import { UsageLedger } from '../usage/usage-ledger.js';
import type { ApiCall } from './api-call.js';
import { ApiError, shuttingDown } from './api-error.js';
import { FirstToAnswer } from './first-to-answer.js';
import { NOTHING, UsageTap, estimatedInput, type Tokens } from './usage-tap.js';

/** Why a call ends when its client is no longer there, told apart from a shutdown and from a fault. */
const CLIENT_GONE = new Error('the client has gone away');

export interface Caller {
  readonly key: VirtualKey;
  readonly session: string | null;
  readonly response: ServerResponse;
}

type Book = (outcome: UsageRecord['outcome'], tokens: Tokens, responseId?: string | null) => void;

/** Passes one call through, byte for byte, and books what it took when it is over. */
@Injectable()
export class AnswerCall {
  private readonly running = new Set<AbortController>();

  constructor(
    private readonly catalogue: ModelCatalogue,
    private readonly firstToAnswer: FirstToAnswer,
    private readonly sessions: MissionSessions,
    private readonly budgets: CheckBudgets,
    private readonly ledger: UsageLedger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Writes the whole answer. Throws `ApiError` while nothing is written yet, so that the caller can still
   * answer with it; after that a failure is told inside the stream.
   */
  async execute(call: ApiCall, caller: Caller): Promise<void> {
    const abort = new AbortController();
    this.running.add(abort);
    caller.response.once('close', () => abort.abort(CLIENT_GONE));
    const context = serviceContext('models');
    caller.response.setHeader('x-aether-request-id', context.correlationId);
    try {
      await runInContext(context, () => this.answer(call, { ...caller, context, signal: abort.signal }));
    } finally {
      this.running.delete(abort);
    }
  }

  /** Ends every running call, as at shutdown. */
  abortAll(): void {
    for (const abort of this.running) abort.abort();
  }

  private async answer(call: ApiCall, to: Caller & { context: Context; signal: AbortSignal }): Promise<void> {
    const candidates = await this.catalogue.resolve(call, to.key.models ?? []);
    const [first] = candidates as [Candidate];
    const id = newId();
    const { key, session, signal } = to;
    const { deploymentId } = key;
    const missionId = await this.sessions.missionOf({ deploymentId, session });
    const startedAt = this.clock.now();
    await this.budgets.reserve({ id, deploymentId, missionId, call, candidates, at: startedAt });
    let answering = first;
    const book: Book = (outcome, tokens, responseId = null) => {
      const at = this.clock.now();
      const { model, provider } = answering;
      this.ledger.record(
        {
          ...{ id, deploymentId, missionId, session, responseId, virtualKeyId: key.id, model, provider },
          demo: provider === null,
          ...tokens,
          costUsd: costOf(tokens, answering.prices),
          outcome,
          durationMs: at.getTime() - startedAt.getTime(),
          at,
        },
        to.context,
      );
    };
    let reply: UpstreamReply;
    try {
      const tries = (one: Candidate) => (answering = one);
      reply = await this.firstToAnswer.of(candidates, { call, signal, tries });
    } catch (error) {
      if (!signal.aborted) {
        book('failed', NOTHING);
        throw error;
      }
      book('aborted', estimatedInput(call.request));
      if (signal.reason === CLIENT_GONE) return;
      throw shuttingDown();
    }
    await this.passOn(reply, { call, response: to.response, signal, book });
  }

  private async passOn(
    reply: UpstreamReply,
    to: { call: ApiCall; response: ServerResponse; signal: AbortSignal; book: Book },
  ): Promise<void> {
    const { call, response, signal, book } = to;
    const contentType = reply.headers['content-type'] ?? '';
    const tap = new UsageTap(call, contentType);
    response.writeHead(reply.status, reply.headers);
    response.flushHeaders();
    try {
      for await (const chunk of reply.body) {
        // Passed on before it is read along.
        const isTaken = response.write(chunk);
        tap.push(chunk);
        if (!isTaken) await once(response, 'drain', { signal });
      }
      response.end();
    } catch (error) {
      const gone = signal.reason === CLIENT_GONE;
      book(gone ? 'aborted' : 'failed', tap.tokens(), tap.responseId);
      if (!gone) this.breakOff(response, { contentType, call, error });
      return;
    }
    if (reply.status < 400) return book('complete', tap.tokens(), tap.responseId);
    this.logger.warn(
      { status: reply.status, model: call.request.model },
      'the model provider refused a call',
    );
    book('failed', NOTHING);
  }

  /** The status is long sent: the stream says what happened, and the broken connection that it is not whole. */
  private breakOff(
    response: ServerResponse,
    { contentType, call, error }: { contentType: string; call: ApiCall; error: unknown },
  ): void {
    this.logger.warn({ err: error }, 'an answer broke off');
    if (!contentType.startsWith('text/event-stream')) {
      response.destroy();
      return;
    }
    const format = formatOf(call.path);
    const body = (error instanceof ApiError ? error : shuttingDown()).bodyFor(format);
    const event = format === 'anthropic' ? 'event: error\n' : '';
    response.write(`\n\n${event}data: ${JSON.stringify(body)}\n\n`, () => response.destroy());
  }
}
