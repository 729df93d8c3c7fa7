import { createHash } from 'node:crypto';
import type { Actor } from '@aether/messaging/context';

/** Who was authenticated, and until when that holds. */
export interface Caller {
  readonly actor: Actor;
  /** Milliseconds since the epoch; null for a key that does not expire. */
  readonly expiresAtMs: number | null;
}

export const ANONYMOUS: Actor = { type: 'anonymous', id: 'anonymous', role: null };

/** A token or key as a client showed it. */
export interface Credential {
  readonly carrier: 'header' | 'cookie';
  readonly value: string;
}

/** Under this a secret is remembered: memory dumps of caches hold no token. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}
