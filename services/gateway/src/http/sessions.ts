import { IssuedSession, type ClientInfo } from '@aether/contracts/identity';
import { commonFailure } from '@aether/contracts/failure';
import type { RouteSpec } from '@aether/contracts/route';
import { SessionReply } from '@aether/contracts/routes';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type GatewayConfig } from '../config.js';
import { isSecure } from './origins.js';
import { REFRESH_COOKIE, clearSessionCookies, setSessionCookies } from './session-cookies.js';

/** Longer ones say nothing that people want to read in a list of their sessions. */
const USER_AGENT_MAX = 256;

function clientOf({ ip, headers }: FastifyRequest): ClientInfo {
  const userAgent = (headers['user-agent'] ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, USER_AGENT_MAX);
  return { address: ip, userAgent };
}

/** Keeps refresh tokens in cookies: they enter a request here, and leave an answer here. */
@Injectable()
export class Sessions {
  private readonly alwaysSecure: boolean;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    this.alwaysSecure = config.PUBLIC_URL?.startsWith('https:') ?? false;
  }

  /** Fields of the input that only the edge may fill in. Throws where a refresh has no cookie. */
  inputOf(route: RouteSpec, request: FastifyRequest): Record<string, unknown> | undefined {
    if (route.session === 'start') return { client: clientOf(request) };
    if (!route.session) return undefined;
    const refreshToken = request.cookies[REFRESH_COOKIE];
    if (route.session === 'refresh' && !refreshToken)
      throw commonFailure('unauthenticated', { detail: 'There is no session to refresh.', hint: 'Sign in.' });
    return { refreshToken };
  }

  /** What the client is told of a good answer. */
  replyOf(route: RouteSpec, reply: FastifyReply, output: unknown): unknown {
    if (route.session === 'end') clearSessionCookies(reply, this.isSecure(reply));
    if (route.session !== 'start' && route.session !== 'refresh') return output;
    const session = IssuedSession.parse(output);
    setSessionCookies(reply, session, this.isSecure(reply));
    return SessionReply.parse(session);
  }

  /** The session is over: the browser should not go on showing it. */
  forget(reply: FastifyReply): void {
    clearSessionCookies(reply, this.isSecure(reply));
  }

  private isSecure({ request }: FastifyReply): boolean {
    return this.alwaysSecure || isSecure(request);
  }
}
