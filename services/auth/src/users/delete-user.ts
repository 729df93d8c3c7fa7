import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { revokeKeysOf } from '../api-keys/api-key.repository.js';
import { CLOCK, type Clock } from '../clock.js';
import { deleteSecondFactor } from '../second-factor/second-factor.repository.js';
import { unlinkIdentities } from '../identity-providers/provider-sign-in.repository.js';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { isLastAdmin, lockAdmins, lockUser, saveUser } from './user.repository.js';

type Contract = typeof authRequests.deleteUser;

@Injectable()
export class DeleteUser {
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
      const now = this.clock.now();
      await this.sessions.endAll(tx, user.id, 'user-deleted');
      for (const apiKeyId of await revokeKeysOf(tx.manager, user.id, now))
        await tx.publish(authEvents.apiKeyRevoked, { apiKeyId });
      await deleteSecondFactor(tx.manager, user.id);
      await unlinkIdentities(tx.manager, user.id);
      user.delete(now);
      await saveUser(tx.manager, user);
      await tx.publish(authEvents.userDeleted, { userId: user.id });
      return {};
    });
  }
}
