import type { RefreshToken } from './refresh-token.entity.js';
import type { Session } from './session.entity.js';

/** Long enough for a client that lost the answer to ask again, too short to be of use to a thief. */
const REPEAT_WITHIN_MS = 10_000;

export type RefreshDecision =
  /** First use: the token is exchanged, and its siblings are retired. */
  | 'exchange'
  /** The answer was lost: one more successor, of which only one can ever be exchanged. */
  | 'repeat'
  /** The token is known to two holders: the session ends. */
  | 'reused'
  | 'over';

/** What a presented refresh token is worth. `successorUsed`: one of the tokens given for it was exchanged. */
export function decideRefresh(facts: {
  session: Session;
  token: Pick<RefreshToken, 'expiresAt' | 'exchangedAt' | 'retiredAt'>;
  successorUsed: boolean;
  now: Date;
}): RefreshDecision {
  const { session, token, successorUsed, now } = facts;
  if (session.isOver(now)) return session.revokedBecause === 'refresh-token-reused' ? 'reused' : 'over';
  if (now >= token.expiresAt) return 'over';
  if (token.retiredAt) return 'reused';
  if (!token.exchangedAt) return 'exchange';
  const sinceMs = now.getTime() - token.exchangedAt.getTime();
  return sinceMs <= REPEAT_WITHIN_MS && !successorUsed ? 'repeat' : 'reused';
}
