import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { requirePerson } from './require-person.js';
import { lockUser, saveUser } from './user.repository.js';

type Contract = typeof authRequests.updateMe;

@Injectable()
export class UpdateMe {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const id = requirePerson(context, 'account:write');
    return this.database.transaction(context, async (tx) => {
      const user = await lockUser(tx.manager, id);
      if (!user) throw context.fail('unauthenticated');
      if (user.update({ name: input.name }, this.clock.now())) {
        await saveUser(tx.manager, user);
        await tx.publish(authEvents.userChanged, { user: user.toUser() });
      }
      return user.toUser();
    });
  }
}
