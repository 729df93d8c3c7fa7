import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { PasswordHasher } from '../users/password.js';
import { UserAccount } from '../users/user.entity.js';
import { anyUserExists, insertUser } from '../users/user.repository.js';
import { deleteSetupToken, findSetupToken, lockSetup } from './setup.repository.js';

const contract = authRequests.completeSetup;
type Contract = typeof contract;

@Injectable()
export class CompleteSetup {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const { token, email, password, name } = input;
    // A hash is made for the holder of the link only; what is decided here is decided again under the lock.
    const offered = await this.database.read(findSetupToken);
    const passwordHash = offered?.accepts(token, this.clock.now())
      ? await this.passwords.hash(password)
      : null;

    return this.database.once({ contract, input, context }, async (tx) => {
      await lockSetup(tx.manager);
      if (await anyUserExists(tx.manager)) throw context.fail('already_set_up');
      const current = await findSetupToken(tx.manager);
      const now = this.clock.now();
      if (!passwordHash || !current?.accepts(token, now)) throw context.fail('setup_token_invalid');
      await deleteSetupToken(tx.manager);
      const account = await insertUser(
        tx.manager,
        UserAccount.create({
          id: newId(),
          email,
          name: name ?? email.slice(0, email.indexOf('@')),
          role: 'admin',
          passwordHash,
          createdAt: now,
        }),
      );
      const user = account.toUser();
      await tx.publish(authEvents.userCreated, { user });
      return user;
    });
  }
}
