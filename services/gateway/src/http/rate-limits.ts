import { commonFailure } from '@aether/contracts/failure';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { CONFIG, LOGGER, type GatewayConfig } from '../config.js';

const WINDOW_S = 60;
/** A Redis that is slower than this is of no help: the request is counted here instead. */
const REDIS_TIMEOUT_MS = 250;
const REDIS_RETRY_MS_MAX = 5_000;

/** What a request draws on: the first three of the caller (person or key), the others of strangers and proofs. */
export type Allowance = 'read' | 'write' | 'expensive' | 'anonymous' | 'sign-in';

interface Limit {
  readonly policy: string;
  readonly counter: RateLimiterMemory | RateLimiterRedis;
}

/**
 * Allowances per minute. Counted in this process, or in the Redis that several edges share; while that is away each
 * counts by itself, since a limit that cannot be asked is no reason to refuse anybody.
 */
@Injectable()
export class RateLimits implements OnApplicationShutdown {
  private readonly redis: Redis | null;
  private readonly limits: Readonly<Record<Allowance, Limit>>;

  constructor(@Inject(CONFIG) config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.redis = config.REDIS_URL ? connect(config.REDIS_URL, logger) : null;
    this.limits = {
      read: this.limit('read', config.RATE_READ_PER_MINUTE),
      write: this.limit('write', config.RATE_WRITE_PER_MINUTE),
      expensive: this.limit('expensive', config.RATE_EXPENSIVE_PER_MINUTE),
      anonymous: this.limit('anonymous', config.RATE_ANONYMOUS_PER_MINUTE),
      'sign-in': this.limit('sign-in', config.RATE_SIGN_IN_PER_MINUTE),
    };
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  /** Takes one from an allowance and says what is left of it. Throws `rate_limited` where it is used up. */
  async take(request: FastifyRequest, reply: FastifyReply, allowance: Allowance): Promise<void> {
    const { counter } = this.limits[allowance];
    const state = await counter.consume(drawnOnBy(request)).catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    this.tell(reply, allowance, state);
    if (state.consumedPoints > counter.points) throw exceeded(state);
  }

  /** Throws `rate_limited` where an allowance is used up, without taking from it. */
  async require(request: FastifyRequest, reply: FastifyReply, allowance: Allowance): Promise<void> {
    const state = await this.limits[allowance].counter.get(drawnOnBy(request));
    if (!state || state.remainingPoints > 0) return;
    this.tell(reply, allowance, state);
    throw exceeded(state);
  }

  private limit(name: Allowance, points: number): Limit {
    const options = { keyPrefix: `aether:rate:${name}`, points, duration: WINDOW_S };
    const here = new RateLimiterMemory(options);
    const counter = this.redis
      ? new RateLimiterRedis({
          ...options,
          storeClient: this.redis,
          rejectIfRedisNotReady: true,
          insuranceLimiter: here,
        })
      : here;
    return { policy: `"${name}";q=${points};w=${WINDOW_S}`, counter };
  }

  /** The header fields of the IETF draft "RateLimit header fields for HTTP" (version 10). */
  private tell(reply: FastifyReply, allowance: Allowance, state: RateLimiterRes): void {
    void reply
      .header('RateLimit-Policy', this.limits[allowance].policy)
      .header('RateLimit', `"${allowance}";r=${state.remainingPoints};t=${secondsLeft(state)}`);
  }
}

const drawnOnBy = (request: FastifyRequest) => request.caller?.actor.id ?? request.ip;

const secondsLeft = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1_000));

const exceeded = (state: RateLimiterRes) =>
  commonFailure('rate_limited', { retryAfterS: secondsLeft(state) });

function connect(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: REDIS_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, REDIS_RETRY_MS_MAX),
  });
  // Each attempt to connect again fails by itself; people are told once.
  let isAway = false;
  redis.on('error', (error: Error) => {
    if (!isAway)
      logger.warn({ err: error }, 'Redis is not reachable: allowances are counted in this process alone');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) logger.info('Redis is reachable again: allowances are shared');
    isAway = false;
  });
  return redis;
}
