import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type GatewayConfig } from '../config.js';

/** What of a request tells where in a browser it came from. */
export interface Provenance {
  readonly origin?: string;
  readonly secFetchSite?: string;
  readonly host?: string;
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

  mayUseCookies({ origin, secFetchSite, host }: Provenance): boolean {
    if (origin && this.allowed.has(origin)) return true;
    if (secFetchSite) return secFetchSite === 'same-origin' || (secFetchSite === 'none' && !origin);
    if (!origin) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

export function provenanceOf(headers: NodeJS.Dict<string | string[]>): Provenance {
  const one = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  return { origin: one('origin'), secFetchSite: one('sec-fetch-site'), host: one('host') };
}
