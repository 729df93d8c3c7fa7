import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { lockInvitation, saveInvitation } from './invitation.repository.js';

type Contract = typeof authRequests.revokeInvitation;

@Injectable()
export class RevokeInvitation {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'users:write');
    return this.database.transaction(context, async (tx) => {
      const invitation = await lockInvitation(tx.manager, input.id);
      if (!invitation) throw context.fail('invitation_not_found');
      if (invitation.revoke(this.clock.now())) {
        await saveInvitation(tx.manager, invitation);
        await tx.publish(authEvents.invitationRevoked, { invitationId: invitation.id });
      }
      return invitation.toInvitation();
    });
  }
}
