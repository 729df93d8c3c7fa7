import { commonFailure } from '@aether/contracts/failure';
import type { RouteSpec } from '@aether/contracts/route';
import { hasPermission } from '@aether/contracts/permissions';
import { lacks } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../identity/authenticator.js';
import { ANONYMOUS, type Caller } from '../identity/caller.js';
import { credentialOf } from '../identity/credentials.js';
import { Origins, provenanceOf } from './origins.js';
import { RateLimits, type Allowance } from './rate-limits.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a request must bring. */
export interface Admission extends Pick<RouteSpec, 'access' | 'session' | 'rateClass'> {
  /** Cookies are taken from our own pages only, even where nothing is changed. */
  readonly ownPagesOnly?: boolean;
}

/** Decides whether a request may go on, and as whom: identity, allowance, origin, permission, in this order. */
@Injectable()
export class Gate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    private readonly origins: Origins,
  ) {}

  async admit(request: FastifyRequest, reply: FastifyReply, route: Admission): Promise<Context> {
    if (route.session) this.requireOwnPage(request);
    if (route.access === 'public') {
      await this.limits.take(request, reply, route.rateClass === 'sign-in' ? 'sign-in' : 'anonymous');
      return contextOf(request, null);
    }
    const caller = await this.identify(request, reply, route);
    request.caller = caller;
    await this.limits.take(request, reply, route.rateClass ?? usualAllowance(request.method));
    if (!hasPermission(caller.actor, route.access)) throw lacks(caller.actor, route.access);
    return contextOf(request, caller);
  }

  private async identify(request: FastifyRequest, reply: FastifyReply, route: Admission): Promise<Caller> {
    try {
      const credential = credentialOf(request.headers);
      if (credential?.carrier === 'cookie' && (route.ownPagesOnly || !SAFE_METHODS.has(request.method)))
        this.requireOwnPage(request);
      if (credential && !this.authenticator.isCheap(credential))
        await this.limits.require(request, reply, 'anonymous');
      return await this.authenticator.authenticate(credential);
    } catch (error) {
      // Guessing is bounded by address: each failure takes from it.
      await this.limits.take(request, reply, 'anonymous');
      throw error;
    }
  }

  private requireOwnPage(request: FastifyRequest): void {
    if (this.origins.mayUseCookies(provenanceOf(request))) return;
    throw commonFailure('forbidden', {
      detail: 'The request comes from a page of another origin.',
      hint: 'Use the console of this installation, or add the origin to CORS_ORIGINS.',
    });
  }
}

const usualAllowance = (method: string): Allowance => (SAFE_METHODS.has(method) ? 'read' : 'write');

function contextOf(request: FastifyRequest, caller: Caller | null): Context {
  return {
    actor: caller?.actor ?? ANONYMOUS,
    correlationId: request.id,
    causationId: null,
    idempotencyKey: idempotencyKeyOf(request),
  };
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return null;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw commonFailure('invalid_input', {
    detail: 'The Idempotency-Key must have 1 to 255 visible ASCII characters.',
    issues: [{ path: 'Idempotency-Key', message: 'must have 1 to 255 visible ASCII characters' }],
  });
}
