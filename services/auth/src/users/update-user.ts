import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { mayGrant } from './grant-rule.js';
import { isLastAdmin, lockAdmins, lockUser, saveUser } from './user.repository.js';

type Contract = typeof authRequests.updateUser;

@Injectable()
export class UpdateUser {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'users:write');
    const { id, name, role } = input;
    if (role && !mayGrant(context.actor, role)) throw context.fail('role_too_high');
    return this.database.transaction(context, async (tx) => {
      await lockAdmins(tx.manager);
      const user = await lockUser(tx.manager, id);
      if (!user) throw context.fail('user_not_found');
      if (role && role !== 'admin' && (await isLastAdmin(tx.manager, user))) throw context.fail('last_admin');
      if (user.update({ name, role }, this.clock.now())) {
        await saveUser(tx.manager, user);
        await tx.publish(authEvents.userChanged, { user: user.toUser() });
      }
      return user.toUser();
    });
  }
}
