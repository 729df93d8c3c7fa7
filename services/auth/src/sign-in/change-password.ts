import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requirePermission } from '@aether/messaging/access';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { lockSessionsOf } from '../sessions/session.repository.js';
import { PasswordHasher } from '../users/password.js';
import { findUser, storePasswordHash } from '../users/user.repository.js';
import { PasswordCheck } from './password-check.js';

type Contract = typeof authRequests.changePassword;

@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly check: PasswordCheck,
    private readonly passwords: PasswordHasher,
    private readonly sessions: SessionIssuer,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'account:write');
    const { actor } = context;
    if (actor.type !== 'user') throw context.fail('forbidden', { detail: 'An API key has no password.' });
    const user = await this.database.read((manager) => findUser(manager, actor.id));
    if (!user) throw context.fail('unauthenticated');

    const checked = await this.check.check(user.email, input.currentPassword);
    if (checked.outcome === 'delayed')
      throw context.fail('sign_in_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('password_wrong');

    const passwordHash = await this.passwords.hash(input.newPassword);
    return this.database.transaction(context, async (tx) => {
      await storePasswordHash(tx.manager, user.id, passwordHash);
      for (const session of await lockSessionsOf(tx.manager, user.id))
        await this.sessions.end(tx, session, 'password-changed');
      return {};
    });
  }
}
