import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { mayGrant } from './grant-rule.js';
import { lockUser, saveUser } from './user.repository.js';

type Contract = typeof authRequests.enableUser;

@Injectable()
export class EnableUser {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'users:write');
    return this.database.transaction(context, async (tx) => {
      const user = await lockUser(tx.manager, input.id);
      if (!user) throw context.fail('user_not_found');
      if (!mayGrant(context.actor, user.role)) throw context.fail('role_too_high');
      if (user.enable(this.clock.now())) {
        await saveUser(tx.manager, user);
        await tx.publish(authEvents.userEnabled, { user: user.toUser() });
      }
      return user.toUser();
    });
  }
}
