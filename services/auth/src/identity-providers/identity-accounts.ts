import { authEvents, type authRequests } from '@aether/contracts/auth';
import { Email, PersonName } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import type { Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { lockUnusedInvitations, saveInvitation } from '../invitations/invitation.repository.js';
import { deleteSetupToken, findSetupToken, lockSetup } from '../setup/setup.repository.js';
import { UserAccount } from '../users/user.entity.js';
import { anyUserExists, findUser, findUserByEmail, insertUser, lockEmail } from '../users/user.repository.js';
import { IDENTITY_POLICY, type Identity, type IdentityPolicy } from './oidc-providers.js';
import { findLink, insertLink, isLinkedAt, lockIdentity } from './provider-sign-in.repository.js';

/** Somebody who comes with an identity, and with the set-up link where there is no account yet. */
interface Comer {
  readonly identity: Identity;
  readonly setupToken: string | undefined;
}

type Context = RequestContext<typeof authRequests.signInByProvider>;

/** Whose account is this identity? By a link of before, or once by an address that the provider vouches for. */
@Injectable()
export class IdentityAccounts {
  constructor(
    @Inject(IDENTITY_POLICY) private readonly policy: IdentityPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async accountOf(tx: Transaction, comer: Comer, context: Context): Promise<UserAccount> {
    const { identity } = comer;
    await lockIdentity(tx.manager, identity);
    const link = await findLink(tx.manager, identity);
    const linked = link && (await findUser(tx.manager, link.userId));
    const account = linked ?? (await this.join(tx, comer, context));
    if (!account.isActive) throw context.fail('account_disabled');
    return account;
  }

  private async join(
    tx: Transaction,
    { identity, setupToken }: Comer,
    context: Context,
  ): Promise<UserAccount> {
    const parsed = Email.safeParse(identity.verifiedEmail);
    if (!parsed.success) throw context.fail('email_not_verified');
    const email = parsed.data;
    await lockEmail(tx.manager, email);
    const known = await findUserByEmail(tx.manager, email);
    if (known && !known.isActive) return known;
    // An address may be given to somebody else at the provider; the account stays with whom it was linked to.
    if (known && (await isLinkedAt(tx.manager, known.id, identity.issuer)))
      throw context.fail('identity_conflict');
    const account = known ?? (await this.create(tx, { name: identity.name, email, setupToken }, context));
    const { issuer, subject, provider } = identity;
    await insertLink(tx.manager, { issuer, subject, userId: account.id, createdAt: this.clock.now() });
    await tx.publish(authEvents.identityLinked, { userId: account.id, provider });
    return account;
  }

  /** For who holds the set-up link, is invited, or has an address of an allowed domain. */
  private async create(
    tx: Transaction,
    person: { email: string; name: string | null; setupToken: string | undefined },
    context: Context,
  ): Promise<UserAccount> {
    const { email, setupToken } = person;
    const now = this.clock.now();
    const unused = await lockUnusedInvitations(tx.manager, email);
    const invitation = unused.find((candidate) => candidate.isOpen(now));
    const first = await this.roleOfFirst(tx, context, setupToken);
    const role = first ?? invitation?.role ?? this.roleByDomain(email);
    if (!role) throw context.fail('identity_unknown');
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

  /** The first account is for who holds the set-up link; null where there is one already. */
  private async roleOfFirst(
    { manager }: Transaction,
    context: Context,
    setupToken?: string,
  ): Promise<Role | null> {
    await lockSetup(manager);
    if (await anyUserExists(manager)) return null;
    if (setupToken === undefined) throw context.fail('identity_unknown');
    const current = await findSetupToken(manager);
    if (!current?.accepts(setupToken, this.clock.now())) throw context.fail('setup_token_invalid');
    await deleteSetupToken(manager);
    return 'admin';
  }

  private roleByDomain(email: string): Role | null {
    return this.policy.domains.includes(email.slice(email.lastIndexOf('@') + 1)) ? this.policy.role : null;
  }
}
