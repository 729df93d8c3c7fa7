import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type GatewayConfig } from '../config.js';

/** What of a request tells where in a browser it came from. */
export interface Provenance {
  readonly origin?: string;
  readonly secFetchSite?: string;
  readonly host?: string;
  /** The browser reached us over TLS, here or at a trusted proxy. */
  readonly secure?: boolean;
}

/**
 * Which web pages may act with a person's cookies. Browsers always say where a request comes from, by
 * Sec-Fetch-Site or by Origin; a request with neither is not from a browser, so nobody was tricked into it.
 */
@Injectable()
export class Origins {
  private readonly allowed: ReadonlySet<string>;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    const own = config.PUBLIC_URL ? [new URL(config.PUBLIC_URL).origin] : [];
    this.allowed = new Set([...own, ...config.CORS_ORIGINS]);
  }

  mayUseCookies({ origin, secFetchSite, host, secure }: Provenance): boolean {
    if (origin && this.allowed.has(origin)) return true;
    if (secFetchSite) return secFetchSite === 'same-origin' || (secFetchSite === 'none' && !origin);
    if (!origin) return true;
    if (!URL.canParse(origin)) return false;
    const page = new URL(origin);
    // Whoever can change what an unencrypted page of this host says must not act through it.
    return page.host === host && (!secure || page.protocol === 'https:');
  }
}

/** Proxies call the protocol of a WebSocket either way. */
export const isSecure = ({ protocol }: { protocol: string }) => protocol === 'https' || protocol === 'wss';

export function provenanceOf(request: FastifyRequest): Provenance {
  const one = (name: string) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    origin: one('origin'),
    secFetchSite: one('sec-fetch-site'),
    host: request.host,
    secure: isSecure(request),
  };
}
