import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { PasswordHasher } from '../users/password.js';
import { UserAccount } from '../users/user.entity.js';
import { findUserByEmail, insertUser, lockEmail } from '../users/user.repository.js';
import { findInvitationByToken, lockInvitation, saveInvitation } from './invitation.repository.js';

const contract = authRequests.acceptInvitation;
type Contract = typeof contract;

@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    // A hash is made for the holder of the link only; what is decided here is decided again under the lock.
    const offered = await this.database.read((manager) => findInvitationByToken(manager, input.token));
    const hash = offered?.isOpen(this.clock.now()) ? await this.passwords.hash(input.password) : null;
    return this.database.once({ contract, input, context }, async (tx) => {
      if (!offered || !hash) throw context.fail('invitation_invalid');
      await lockEmail(tx.manager, offered.email);
      const invitation = await lockInvitation(tx.manager, offered.id);
      const now = this.clock.now();
      if (!invitation?.isOpen(now) || (await findUserByEmail(tx.manager, invitation.email)))
        throw context.fail('invitation_invalid');
      invitation.accept(now);
      await saveInvitation(tx.manager, invitation);
      const account = await insertUser(
        tx.manager,
        UserAccount.create({
          id: newId(),
          email: invitation.email,
          name: input.name,
          role: invitation.role,
          passwordHash: hash,
          createdAt: now,
        }),
      );
      const user = account.toUser();
      await tx.publish(authEvents.userCreated, { user });
      await tx.publish(authEvents.invitationAccepted, { invitationId: invitation.id, userId: user.id });
      return user;
    });
  }
}
