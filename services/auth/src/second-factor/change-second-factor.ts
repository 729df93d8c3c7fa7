import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { requirePerson } from '../users/require-person.js';
import type { UserAccount } from '../users/user.entity.js';
import { findUser, lockUser, saveUser } from '../users/user.repository.js';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.js';
import { SecondFactorCheck } from './second-factor-check.js';
import { deleteSecondFactor, replaceCodes } from './second-factor.repository.js';

type ReplaceCodes = typeof authRequests.replaceRecoveryCodes;
type Disable = typeof authRequests.disableSecondFactor;
type Reset = typeof authRequests.resetSecondFactor;

@Injectable()
export class ChangeSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly codes: SecondFactorCheck,
    private readonly sessions: SessionIssuer,
  ) {}

  async replaceCodes(
    input: InputOf<ReplaceCodes>,
    context: RequestContext<ReplaceCodes>,
  ): Promise<OutputOf<ReplaceCodes>> {
    const userId = await this.requireCode(input.code, context);
    const recoveryCodes = newRecoveryCodes();
    await this.database.transaction(context, ({ manager }) =>
      replaceCodes(manager, userId, recoveryCodes.map(hashRecoveryCode)),
    );
    return { recoveryCodes };
  }

  async disable(input: InputOf<Disable>, context: RequestContext<Disable>): Promise<OutputOf<Disable>> {
    const userId = await this.requireCode(input.code, context);
    return this.database.transaction(context, async (tx) => {
      const user = await lockUser(tx.manager, userId);
      if (!user) throw context.fail('unauthenticated');
      await switchOff(tx, user);
      return {};
    });
  }

  async reset({ id }: InputOf<Reset>, context: RequestContext<Reset>): Promise<OutputOf<Reset>> {
    requirePermission(context, 'users:write');
    return this.database.transaction(context, async (tx) => {
      const user = await lockUser(tx.manager, id);
      if (!user) throw context.fail('user_not_found');
      if (user.secondFactorAt) await this.sessions.endAll(tx, id, 'revoked');
      await switchOff(tx, user);
      return user.toUser();
    });
  }

  /** A session alone is not enough: it may be the one that was stolen. */
  private async requireCode(
    code: string,
    context: RequestContext<ReplaceCodes> | RequestContext<Disable>,
  ): Promise<string> {
    const userId = requirePerson(context, 'account:write');
    const user = await this.database.read((manager) => findUser(manager, userId));
    if (!user) throw context.fail('unauthenticated');
    if (!user.secondFactorAt) throw context.fail('second_factor_off');
    const checked = await this.codes.check(userId, code, context);
    if (checked.outcome === 'delayed')
      throw context.fail('codes_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('code_wrong');
    return userId;
  }
}

async function switchOff(tx: Transaction, user: UserAccount): Promise<void> {
  await deleteSecondFactor(tx.manager, user.id);
  if (!user.secondFactorAt) return;
  user.secondFactorAt = null;
  await saveUser(tx.manager, user);
  await tx.publish(authEvents.secondFactorDisabled, { userId: user.id });
}
