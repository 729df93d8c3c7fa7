import { authEvents, type authRequests } from '@aether/contracts/auth';
import { Email, PersonName } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import type { Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { lockUnusedInvitations, saveInvitation } from '../invitations/invitation.repository.js';
import { UserAccount } from '../users/user.entity.js';
import { anyUserExists, findUser, findUserByEmail, insertUser, lockEmail } from '../users/user.repository.js';
import { IDENTITY_POLICY, type Identity, type IdentityPolicy } from './oidc-providers.js';
import { findLink, insertLink, isLinkedAt, lockIdentity } from './provider-sign-in.repository.js';

type Context = RequestContext<typeof authRequests.signInByProvider>;

/** Whose account is this identity? By a link of before, or once by an address that the provider vouches for. */
@Injectable()
export class IdentityAccounts {
  constructor(
    @Inject(IDENTITY_POLICY) private readonly policy: IdentityPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async accountOf(tx: Transaction, identity: Identity, context: Context): Promise<UserAccount> {
    await lockIdentity(tx.manager, identity);
    const link = await findLink(tx.manager, identity);
    const linked = link && (await findUser(tx.manager, link.userId));
    const account = linked ?? (await this.join(tx, identity, context));
    if (!account.isActive) throw context.fail('account_disabled');
    return account;
  }

  private async join(tx: Transaction, identity: Identity, context: Context): Promise<UserAccount> {
    const parsed = Email.safeParse(identity.verifiedEmail);
    if (!parsed.success) throw context.fail('email_not_verified');
    const email = parsed.data;
    await lockEmail(tx.manager, email);
    const known = await findUserByEmail(tx.manager, email);
    if (known && !known.isActive) return known;
    // An address may be given to somebody else at the provider; the account stays with whom it was linked to.
    if (known && (await isLinkedAt(tx.manager, known.id, identity.issuer)))
      throw context.fail('identity_conflict');
    const account = known ?? (await this.create(tx, { ...identity, email }, context));
    const { issuer, subject, provider } = identity;
    await insertLink(tx.manager, { issuer, subject, userId: account.id, createdAt: this.clock.now() });
    await tx.publish(authEvents.identityLinked, { userId: account.id, provider });
    return account;
  }

  /** For who is invited, or has an address of an allowed domain; the first administrator comes by set-up only. */
  private async create(
    tx: Transaction,
    person: { email: string; name: string | null },
    context: Context,
  ): Promise<UserAccount> {
    const { email } = person;
    const now = this.clock.now();
    const unused = await lockUnusedInvitations(tx.manager, email);
    const invitation = unused.find((candidate) => candidate.isOpen(now));
    const role = invitation?.role ?? this.roleByDomain(email);
    if (!role || !(await anyUserExists(tx.manager))) throw context.fail('identity_unknown');
    const name = PersonName.safeParse(person.name);
    const account = UserAccount.create({
      id: newId(),
      email,
      name: name.success ? name.data : email.slice(0, email.indexOf('@')).slice(0, 80),
      role,
      passwordHash: null,
      createdAt: now,
    });
    await insertUser(tx.manager, account);
    await tx.publish(authEvents.userCreated, { user: account.toUser() });
    if (invitation) {
      invitation.accept(now);
      await saveInvitation(tx.manager, invitation);
      await tx.publish(authEvents.invitationAccepted, {
        invitationId: invitation.id,
        userId: account.id,
      });
    }
    return account;
  }

  private roleByDomain(email: string): Role | null {
    return this.policy.domains.includes(email.slice(email.lastIndexOf('@') + 1)) ? this.policy.role : null;
  }
}
