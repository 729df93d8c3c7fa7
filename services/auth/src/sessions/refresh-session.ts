import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import type { UserAccount } from '../users/user.entity.js';
import { findUser } from '../users/user.repository.js';
import { decideRefresh } from './refresh-rule.js';
import { SessionIssuer, type IssuedRefreshToken } from './session-issuer.js';
import { exchange, lockByToken, touchSession } from './session.repository.js';

type Contract = typeof authRequests.refreshSession;
type Outcome = { user: UserAccount; refresh: IssuedRefreshToken } | 'over' | 'reused';

@Injectable()
export class RefreshSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    // The revocation has to be committed although the answer is a failure, so the failure is thrown outside.
    const outcome = await this.database.transaction(context, (tx) => this.refresh(tx, input.refreshToken));
    if (outcome === 'over') throw context.fail('refresh_token_invalid');
    if (outcome === 'reused') throw context.fail('refresh_token_reused');
    return this.sessions.reply(outcome.user, outcome.refresh);
  }

  private async refresh(tx: Transaction, presented: string): Promise<Outcome> {
    const found = await lockByToken(tx.manager, presented);
    if (!found) return 'over';
    const { session, token } = found;
    const now = this.clock.now();
    const decision = decideRefresh({ ...found, now });
    if (decision === 'over') return 'over';
    if (decision === 'reused') {
      await this.sessions.end(tx, session, 'refresh-token-reused');
      return 'reused';
    }
    const user = await findUser(tx.manager, session.userId);
    if (!user?.isActive) return 'over';
    if (decision === 'exchange') await exchange(tx.manager, token, now);
    await touchSession(tx.manager, session.id, now);
    return { user, refresh: await this.sessions.addToken(tx, session, token.id) };
  }
}
