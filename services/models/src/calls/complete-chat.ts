import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { UsageRecord } from '@aether/contracts/models';
import { runInContext, serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import type { VirtualKey } from '../keys/virtual-key.entity.js';
import { ModelCatalogue } from '../provider/model-catalogue.js';
import type { UpstreamReply } from '../provider/upstream.js';
import { CLOCK, LOGGER } from '../tokens.js';
import { UsageLedger } from '../usage/usage-ledger.js';
import type { ChatCall } from './chat-request.js';
import { OpenAiError, shuttingDown } from './openai-error.js';
import { UsageTap, estimatedInput, type Tokens } from './usage-tap.js';

const NOTHING: Tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, estimated: true };

/** Why a call ends when its client is no longer there, told apart from a shutdown and from a fault. */
const CLIENT_GONE = new Error('the client has gone away');

/** Passes one call through, byte for byte, and books what it took when it is over. */
@Injectable()
export class CompleteChat {
  private readonly running = new Set<AbortController>();

  constructor(
    private readonly catalogue: ModelCatalogue,
    private readonly ledger: UsageLedger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Writes the whole answer. Throws `OpenAiError` while nothing is written yet, so that the caller can still
   * answer with it; after that a failure is told inside the stream.
   */
  async execute(asked: ChatCall, key: VirtualKey, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    this.running.add(abort);
    response.once('close', () => abort.abort(CLIENT_GONE));
    const context = serviceContext('models');
    response.setHeader('x-aether-request-id', context.correlationId);
    try {
      await runInContext(context, async () => {
        const { call, model, upstream } = this.catalogue.resolve(asked);
        const startedAt = this.clock.now().getTime();
        const book = (outcome: UsageRecord['outcome'], tokens: Tokens) => {
          const at = this.clock.now();
          const row = {
            id: newId(),
            deploymentId: key.deploymentId,
            virtualKeyId: key.id,
            model,
            demo: upstream.demo,
          };
          this.ledger.record(
            { ...row, ...tokens, outcome, durationMs: at.getTime() - startedAt, at },
            context,
          );
        };
        let reply: UpstreamReply;
        try {
          reply = await upstream.send(call, abort.signal);
        } catch (error) {
          if (!abort.signal.aborted) {
            book('failed', NOTHING);
            throw error;
          }
          book('aborted', estimatedInput(call.request));
          if (abort.signal.reason === CLIENT_GONE) return;
          throw shuttingDown();
        }
        await this.passOn(reply, { call, response, signal: abort.signal, book });
      });
    } finally {
      this.running.delete(abort);
    }
  }

  /** Ends every running call, as at shutdown. */
  abortAll(): void {
    for (const abort of this.running) abort.abort();
  }

  private async passOn(
    reply: UpstreamReply,
    to: {
      call: ChatCall;
      response: ServerResponse;
      signal: AbortSignal;
      book: (outcome: UsageRecord['outcome'], tokens: Tokens) => void;
    },
  ): Promise<void> {
    const { call, response, signal, book } = to;
    const contentType = reply.headers['content-type'] ?? '';
    const tap = new UsageTap(call.request, contentType);
    response.writeHead(reply.status, reply.headers);
    response.flushHeaders();
    try {
      for await (const chunk of reply.body) {
        tap.push(chunk);
        if (!response.write(chunk)) await once(response, 'drain', { signal });
      }
      response.end();
    } catch (error) {
      const gone = signal.reason === CLIENT_GONE;
      book(gone ? 'aborted' : 'failed', tap.tokens());
      if (!gone) this.breakOff(response, contentType, error);
      return;
    }
    if (reply.status < 400) return book('complete', tap.tokens());
    this.logger.warn(
      { status: reply.status, model: call.request.model },
      'the model provider refused a call',
    );
    book('failed', NOTHING);
  }

  /** The status is long sent: the stream says what happened, and the broken connection that it is not whole. */
  private breakOff(response: ServerResponse, contentType: string, error: unknown): void {
    this.logger.warn({ err: error }, 'an answer broke off');
    if (!contentType.startsWith('text/event-stream')) {
      response.destroy();
      return;
    }
    const { body } = error instanceof OpenAiError ? error : shuttingDown();
    response.write(`\n\ndata: ${JSON.stringify(body)}\n\n`, () => response.destroy());
  }
}
