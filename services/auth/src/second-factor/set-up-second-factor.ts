import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { generateSecret, generateURI } from 'otplib';
import { CLOCK, type Clock } from '../clock.js';
import { requirePerson } from '../users/require-person.js';
import { lockUser, saveUser } from '../users/user.repository.js';
import { Vault } from '../vault/vault.js';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.js';
import { SecondFactorCheck, secondFactorVaultId } from './second-factor-check.js';
import { findSecondFactor, replaceCodes, storeSecondFactor } from './second-factor.repository.js';

type Begin = typeof authRequests.beginSecondFactor;
type Confirm = typeof authRequests.confirmSecondFactor;

@Injectable()
export class SetUpSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly codes: SecondFactorCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async begin(context: RequestContext<Begin>): Promise<OutputOf<Begin>> {
    const userId = requirePerson(context, 'account:write');
    return this.database.transaction(context, async ({ manager }) => {
      const user = await lockUser(manager, userId);
      if (!user) throw context.fail('unauthenticated');
      if (user.secondFactorAt) throw context.fail('second_factor_on');
      const secret = generateSecret();
      await storeSecondFactor(manager, userId, this.vault.seal(secondFactorVaultId(userId), secret));
      return { secret, uri: generateURI({ issuer: 'Aether', label: user.email, secret }) };
    });
  }

  async confirm({ code }: InputOf<Confirm>, context: RequestContext<Confirm>): Promise<OutputOf<Confirm>> {
    const userId = requirePerson(context, 'account:write');
    const begun = await this.database.read((manager) => findSecondFactor(manager, userId));
    if (!begun) throw context.fail('second_factor_off');
    const checked = await this.codes.check(userId, code, context);
    if (checked.outcome === 'delayed')
      throw context.fail('codes_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('code_wrong');
    return this.database.transaction(context, async (tx) => {
      const user = await lockUser(tx.manager, userId);
      if (!user) throw context.fail('unauthenticated');
      const recoveryCodes = newRecoveryCodes();
      await replaceCodes(tx.manager, userId, recoveryCodes.map(hashRecoveryCode));
      if (!user.secondFactorAt) {
        user.secondFactorAt = this.clock.now();
        await saveUser(tx.manager, user);
        await tx.publish(authEvents.secondFactorEnabled, { userId });
      }
      return { recoveryCodes };
    });
  }
}
