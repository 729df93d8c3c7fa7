import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { accessTokenLifetimeMs } from '@aether/contracts/identity';
import { requirePermission, requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { requirePerson } from '../users/require-person.js';
import { findUser, listChangedSince } from '../users/user.repository.js';
import { listRevokedSince, listSessionsOf } from './session.repository.js';

type Mine = typeof authRequests.listMySessions;
type Theirs = typeof authRequests.listSessions;
type Recent = typeof authRequests.listRecentEndings;

@Injectable()
export class ReadSessions {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async mine(context: RequestContext<Mine>): Promise<OutputOf<Mine>> {
    const userId = requirePerson(context, 'account:read');
    return { items: await this.viewsOf(userId, context.actor.sessionId) };
  }

  async of({ id }: InputOf<Theirs>, context: RequestContext<Theirs>): Promise<OutputOf<Theirs>> {
    requirePermission(context, 'users:read');
    if (!(await this.database.read((manager) => findUser(manager, id)))) throw context.fail('user_not_found');
    return { items: await this.viewsOf(id, context.actor.sessionId) };
  }

  async recentEndings(context: RequestContext<Recent>): Promise<OutputOf<Recent>> {
    requireService(context);
    const since = new Date(this.clock.now().getTime() - accessTokenLifetimeMs);
    return this.database.read(async (manager) => {
      const sessions = await listRevokedSince(manager, since);
      const users = await listChangedSince(manager, since);
      return {
        sessionIds: sessions.map(({ id }) => id),
        users: users.map(({ id, isActive, role }) => ({ userId: id, role: isActive ? role : null })),
      };
    });
  }

  private async viewsOf(userId: string, currentId: string | undefined) {
    const sessions = await this.database.read((manager) => listSessionsOf(manager, userId, this.clock.now()));
    return sessions.map((session) => session.toView(currentId));
  }
}
