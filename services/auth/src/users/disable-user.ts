import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { isLastAdmin, lockAdmins, lockUser, saveUser } from './user.repository.js';

type Contract = typeof authRequests.disableUser;

@Injectable()
export class DisableUser {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'users:write');
    return this.database.transaction(context, async (tx) => {
      await lockAdmins(tx.manager);
      const user = await lockUser(tx.manager, input.id);
      if (!user) throw context.fail('user_not_found');
      if (await isLastAdmin(tx.manager, user)) throw context.fail('last_admin');
      if (user.disable(this.clock.now())) {
        await saveUser(tx.manager, user);
        await this.sessions.endAll(tx, user.id, 'user-disabled');
        await tx.publish(authEvents.userDisabled, { userId: user.id });
      }
      return user.toUser();
    });
  }
}
