import type { ContractFailure } from '@aether/contracts/failure';
import { commonFailure } from '@aether/contracts/failure';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CONFIG, type GatewayConfig } from '../config.js';

const MINUTE_MS = 60_000;

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/** Whose allowance a request draws on: the caller's, or that of the address it comes from. */
export type Allowance = 'actor' | 'anonymous' | 'sign-in';

/** Allowances per minute, counted in this process: with several edges the sum is their multiple. */
@Injectable()
export class RateLimits implements OnModuleInit {
  private limiters: Record<Allowance, Limiter>;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    const per = (max: number, keyGenerator?: (request: FastifyRequest) => string) =>
      fastify.createRateLimit({ max, timeWindow: MINUTE_MS, ...(keyGenerator && { keyGenerator }) });
    this.limiters = {
      actor: per(this.config.RATE_ACTOR_PER_MINUTE, (request) => request.caller?.actor.id ?? request.ip),
      anonymous: per(this.config.RATE_ANONYMOUS_PER_MINUTE),
      'sign-in': per(this.config.RATE_SIGN_IN_PER_MINUTE),
    };
  }

  /** Takes one from an allowance. Throws `rate_limited` where it is used up. */
  async take(request: FastifyRequest, allowance: Allowance): Promise<void> {
    const result = await this.limiters[allowance](request);
    if (!result.isAllowed && result.isExceeded) throw exceeded(result.ttlInSeconds);
  }

  /** Throws `rate_limited` where an allowance is used up, without taking from it. */
  async require(request: FastifyRequest, allowance: Allowance): Promise<void> {
    const result = await this.limiters[allowance](request, { increment: false });
    if (!result.isAllowed && result.remaining === 0) throw exceeded(result.ttlInSeconds);
  }
}

function exceeded(retryAfterS: number): ContractFailure {
  return commonFailure('rate_limited', { retryAfterS });
}
