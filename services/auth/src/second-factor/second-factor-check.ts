import { authEvents } from '@aether/contracts/auth';
import type { Context } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { verify } from 'otplib';
import { CLOCK, type Clock } from '../clock.js';
import { SignInGate } from '../sign-in/sign-in-gate.js';
import { countFailure, findGuard, forgetFailures } from '../sign-in/sign-in-guard.repository.js';
import { sha256 } from '../tokens.js';
import { Vault } from '../vault/vault.js';
import { hashRecoveryCode } from './recovery-codes.js';
import { findSecondFactor, takeStep, useRecoveryCode } from './second-factor.repository.js';

/** One step before and after now: clocks of telephones are that far off. */
const TOLERANCE_S = 30;
const TOTP = /^\d{6}$/;

export type CodeCheckResult = { outcome: 'right' | 'wrong' } | { outcome: 'delayed'; retryAfterS: number };

/** Is this a code of the account, not used before? Failures are counted apart from those of the password. */
@Injectable()
export class SecondFactorCheck {
  constructor(
    private readonly database: Database,
    private readonly gate: SignInGate,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async check(userId: string, code: string, context: Context): Promise<CodeCheckResult> {
    const guardId = sha256(`second-factor:${userId}`);
    return this.gate.pass(guardId.toString('hex'), async () => {
      const guard = await this.database.read((manager) => findGuard(manager, guardId));
      const retryAfterS = guard?.waitS(this.clock.now()) ?? 0;
      if (retryAfterS > 0) return { outcome: 'delayed', retryAfterS };
      return this.database.transaction(context, async (tx) => {
        const right = await this.take(tx, userId, code.replaceAll(' ', ''));
        if (!right) await countFailure(tx.manager, guardId, this.clock.now());
        else if (guard) await forgetFailures(tx.manager, guardId);
        return { outcome: right ? 'right' : 'wrong' };
      });
    });
  }

  private async take(tx: Transaction, userId: string, code: string): Promise<boolean> {
    if (TOTP.test(code)) {
      const factor = await findSecondFactor(tx.manager, userId);
      if (!factor) return false;
      const secret = this.vault.open(secondFactorVaultId(userId), factor.sealed);
      const epoch = Math.floor(this.clock.now().getTime() / 1_000);
      const result = await verify({ secret, token: code, epoch, epochTolerance: TOLERANCE_S });
      return result.valid && 'timeStep' in result && takeStep(tx.manager, userId, result.timeStep);
    }
    const left = await useRecoveryCode(tx.manager, userId, hashRecoveryCode(code));
    if (left === null) return false;
    await tx.publish(authEvents.recoveryCodeUsed, { userId, left });
    return true;
  }
}

export const secondFactorVaultId = (userId: string) => `second-factor:${userId}`;
