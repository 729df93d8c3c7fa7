import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { sha256 } from '../tokens.js';
import { PasswordHasher } from '../users/password.js';
import type { UserAccount } from '../users/user.entity.js';
import { findUserByEmail, storePasswordHash } from '../users/user.repository.js';
import { SignInGate } from './sign-in-gate.js';
import { countFailure, findGuard, forgetFailures } from './sign-in-guard.repository.js';

export type PasswordCheckResult =
  | { outcome: 'right'; user: UserAccount }
  | { outcome: 'wrong' }
  | { outcome: 'delayed'; retryAfterS: number };

/** Is this the account's password? Counts failures, and answers alike for accounts that do not exist. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly database: Database,
    private readonly gate: SignInGate,
    private readonly passwords: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async check(email: string, password: string): Promise<PasswordCheckResult> {
    const emailHash = sha256(email);
    return this.gate.pass(emailHash.toString('hex'), async () => {
      const { guard, user } = await this.database.read(async (manager) => ({
        guard: await findGuard(manager, emailHash),
        user: await findUserByEmail(manager, email),
      }));
      const retryAfterS = guard?.waitS(this.clock.now()) ?? 0;
      if (retryAfterS > 0) return { outcome: 'delayed', retryAfterS };

      const { matches, outdated } = await this.passwords.verify(password, user?.passwordHash ?? null);
      if (!user || !matches) {
        await this.write((manager) => countFailure(manager, emailHash, this.clock.now()));
        return { outcome: 'wrong' };
      }
      const rehashed = outdated ? await this.passwords.hash(password) : null;
      if (guard || rehashed)
        await this.write(async (manager) => {
          await forgetFailures(manager, emailHash);
          if (rehashed) await storePasswordHash(manager, user.id, rehashed);
        });
      return { outcome: 'right', user };
    });
  }

  private write(work: Parameters<Database['read']>[0]): Promise<unknown> {
    return this.database.transaction(serviceContext('auth'), ({ manager }) => work(manager));
  }
}
