import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import type { ModelsConfig } from '../config.js';
import type { Candidate } from '../provider/model-catalogue.js';
import { Providers } from '../provider/providers.js';
import type { UpstreamReply } from '../provider/upstream.js';
import { CONFIG, LOGGER } from '../tokens.js';
import type { ApiCall } from './api-call.js';
import { ApiError } from './api-error.js';

/** What another provider may well answer: its key, its account, its model, its load, its faults. */
const isWorthAnother = (status: number) => [401, 402, 403, 404, 408, 429].includes(status) || status >= 500;

class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** Asks one after another until one answers. What the last one says is the answer, whatever it is. */
@Injectable()
export class FirstToAnswer {
  constructor(
    private readonly providers: Providers,
    @Inject(CONFIG) private readonly config: ModelsConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `tries` is told whom is asked, before it is. Nothing has been sent to the client when another is. */
  async of(
    candidates: readonly Candidate[],
    to: { call: ApiCall; signal: AbortSignal; tries: (candidate: Candidate) => void },
  ): Promise<UpstreamReply> {
    const { call, signal, tries } = to;
    const others = candidates.slice(0, -1);
    for (const candidate of others) {
      tries(candidate);
      try {
        const reply = await this.providers
          .circuitOf(candidate.model)
          .execute(() => this.unlessUnanswered(candidate, { call, signal }));
        if (reply) return reply;
        signal.throwIfAborted();
      } catch (error) {
        if (signal.aborted) throw error;
        this.logger.warn({ err: error, model: candidate.model }, 'another model is asked instead');
      }
    }
    const last = candidates[others.length];
    if (!last) throw new Error('a call needs somebody to answer it');
    tries(last);
    return (await last.open()).send(last.prepare(call), signal);
  }

  /** Null for what is no fault of whom was asked: the client has gone away, or asks what this one cannot be asked. */
  private async unlessUnanswered(
    candidate: Candidate,
    { call, signal }: { call: ApiCall; signal: AbortSignal },
  ): Promise<UpstreamReply | null> {
    const attempt = new AbortController();
    const { MODEL_FALLBACK_AFTER_MS: afterMs } = this.config;
    const late = setTimeout(() => attempt.abort(), afterMs);
    try {
      const upstream = await candidate.open();
      const reply = await upstream.send(candidate.prepare(call), AbortSignal.any([signal, attempt.signal]));
      if (!isWorthAnother(reply.status)) return reply;
      attempt.abort();
      throw new Unanswered(`${candidate.model} answered HTTP ${reply.status}`);
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      this.logger.info(
        { err: error, model: candidate.model },
        'a model cannot be asked this: the next one is',
      );
      return null;
    } finally {
      clearTimeout(late);
    }
  }
}
