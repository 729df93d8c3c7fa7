import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { personOf, requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { newToken } from '../tokens.js';
import { mayGrant } from '../users/grant-rule.js';
import { findUserByEmail, lockEmail } from '../users/user.repository.js';
import { StoredInvitation } from './invitation.entity.js';
import { lockUnusedInvitations, saveInvitation } from './invitation.repository.js';

const contract = authRequests.createInvitation;
type Contract = typeof contract;

/** The newest link to an address is the only one that works. */
@Injectable()
export class CreateInvitation {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'users:write');
    if (!mayGrant(context.actor, input.role)) throw context.fail('role_too_high');
    const onRepeat = () => context.fail('invitation_already_shown');
    return this.database.once(
      { contract, input, context },
      async (tx) => {
        await lockEmail(tx.manager, input.email);
        if (await findUserByEmail(tx.manager, input.email)) throw context.fail('user_exists');
        const now = this.clock.now();
        for (const older of await lockUnusedInvitations(tx.manager, input.email)) {
          older.revoke(now);
          await saveInvitation(tx.manager, older);
          await tx.publish(authEvents.invitationRevoked, { invitationId: older.id });
        }
        const token = newToken();
        const issued = StoredInvitation.issue({ ...input, token, createdBy: personOf(context.actor) }, now);
        await saveInvitation(tx.manager, issued);
        const invitation = issued.toInvitation();
        await tx.publish(authEvents.invitationCreated, { invitation });
        return { invitation, token };
      },
      { onRepeat },
    );
  }
}
