import type { authRequests } from '@aether/contracts/auth';
import type { OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { newToken } from '../tokens.js';
import { anyUserExists } from '../users/user.repository.js';
import { SetupToken } from './setup-token.entity.js';
import { lockSetup, replaceSetupToken } from './setup.repository.js';

type Contract = typeof authRequests.createSetupToken;

@Injectable()
export class CreateSetupToken {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    return this.database.transaction(context, async ({ manager }) => {
      await lockSetup(manager);
      if (await anyUserExists(manager)) throw context.fail('already_set_up');
      const token = newToken();
      const issued = SetupToken.issue(token, this.clock.now());
      await replaceSetupToken(manager, issued);
      return { token, expiresAt: issued.expiresAt.toISOString() };
    });
  }
}
