import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { PasswordHasher } from '../users/password.js';
import { requirePerson } from '../users/require-person.js';
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
    const id = requirePerson(context, 'account:write');
    const user = await this.database.read((manager) => findUser(manager, id));
    if (!user) throw context.fail('unauthenticated');

    const checked = await this.check.check(user.email, input.currentPassword);
    if (checked.outcome === 'delayed')
      throw context.fail('sign_in_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('password_wrong');

    const passwordHash = await this.passwords.hash(input.newPassword);
    return this.database.transaction(context, async (tx) => {
      await storePasswordHash(tx.manager, user.id, passwordHash);
      await this.sessions.endAll(tx, user.id, 'password-changed');
      return {};
    });
  }
}
