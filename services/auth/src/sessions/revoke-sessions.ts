import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { requirePerson } from '../users/require-person.js';
import { findUser } from '../users/user.repository.js';
import { SessionIssuer } from './session-issuer.js';
import { lockSession } from './session.repository.js';

type One = typeof authRequests.revokeMySession;
type Mine = typeof authRequests.revokeMySessions;
type Theirs = typeof authRequests.revokeSessions;

@Injectable()
export class RevokeSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async oneOfMine({ id }: InputOf<One>, context: RequestContext<One>): Promise<OutputOf<One>> {
    const userId = requirePerson(context, 'account:write');
    return this.database.transaction(context, async (tx) => {
      const session = await lockSession(tx.manager, id);
      if (session?.userId !== userId || session.isOver(this.clock.now()))
        throw context.fail('session_not_found');
      await this.sessions.end(tx, session, 'revoked');
      return {};
    });
  }

  async allOfMine(context: RequestContext<Mine>): Promise<OutputOf<Mine>> {
    const userId = requirePerson(context, 'account:write');
    return this.database.transaction(context, async (tx) => ({
      ended: await this.sessions.endAll(tx, userId, 'revoked'),
    }));
  }

  async allOf({ id }: InputOf<Theirs>, context: RequestContext<Theirs>): Promise<OutputOf<Theirs>> {
    requirePermission(context, 'users:write');
    return this.database.transaction(context, async (tx) => {
      if (!(await findUser(tx.manager, id))) throw context.fail('user_not_found');
      return { ended: await this.sessions.endAll(tx, id, 'revoked') };
    });
  }
}
