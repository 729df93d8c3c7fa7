import { authEvents } from '@aether/contracts/auth';
import type { ClientInfo, IssuedSession, SessionEnd, SessionMethod } from '@aether/contracts/identity';
import type { Permission } from '@aether/contracts/permissions';
import { newId } from '@aether/messaging/id';
import type { Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { AccessTokens } from '../signing-keys/access-tokens.js';
import { newToken } from '../tokens.js';
import type { UserAccount } from '../users/user.entity.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';
import { insertRefreshToken, insertSession, lockSessionsOf, saveSession } from './session.repository.js';

/** Must everybody who signs in by password have a second factor? */
export interface SecondFactorPolicy {
  readonly required: boolean;
}
export const SECOND_FACTOR_POLICY = Symbol('second factor policy');

/** What a session may do whose holder has yet to set up the second factor that is required. */
const ENOUGH_TO_SET_UP: readonly Permission[] = ['account:read', 'account:write'];

export interface IssuedRefreshToken {
  readonly token: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly method: SessionMethod;
}

@Injectable()
export class SessionIssuer {
  constructor(
    private readonly accessTokens: AccessTokens,
    @Inject(SECOND_FACTOR_POLICY) private readonly policy: SecondFactorPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(
    tx: Transaction,
    holder: { userId: string; method: SessionMethod; client?: ClientInfo },
  ): Promise<IssuedRefreshToken> {
    const session = Session.open({ id: newId(), ...holder }, this.clock.now());
    await insertSession(tx.manager, session);
    return this.addToken(tx, session, null);
  }

  async addToken(tx: Transaction, session: Session, parentId: string | null): Promise<IssuedRefreshToken> {
    const token = newToken();
    const row = RefreshToken.issue({ token, session, parentId, now: this.clock.now() });
    await insertRefreshToken(tx.manager, row);
    return { token, sessionId: session.id, expiresAt: row.expiresAt, method: session.method };
  }

  async end(tx: Transaction, session: Session, reason: SessionEnd): Promise<void> {
    if (!session.revoke(reason, this.clock.now())) return;
    await saveSession(tx.manager, session);
    await tx.publish(authEvents.sessionRevoked, {
      userId: session.userId,
      sessionId: session.id,
      reason,
    });
  }

  /** Returns how many sessions of the account were ended. */
  async endAll(tx: Transaction, userId: string, reason: SessionEnd): Promise<number> {
    const sessions = await lockSessionsOf(tx.manager, userId);
    for (const session of sessions) await this.end(tx, session, reason);
    return sessions.length;
  }

  /** To be called after the commit: a new signing key may have to be made first. */
  async reply(account: UserAccount, refresh: IssuedRefreshToken): Promise<IssuedSession> {
    const user = account.toUser();
    // Identity providers have factors of their own; a password alone may be too little here.
    const lacks = this.policy.required && refresh.method === 'password' && !user.secondFactor;
    const access = await this.accessTokens.issue(user, {
      sessionId: refresh.sessionId,
      ...(lacks && { scopes: ENOUGH_TO_SET_UP }),
    });
    return {
      user,
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt.toISOString(),
      refreshToken: refresh.token,
      refreshTokenExpiresAt: refresh.expiresAt.toISOString(),
    };
  }
}
