import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { requirePermission } from '@aether/messaging/access';
import { CLOCK, type Clock } from '../clock.js';
import { mayTouch } from './key-owner.js';
import { findApiKey, lockApiKey, revokeWithDescendants } from './api-key.repository.js';

const contract = authRequests.revokeApiKey;
type Contract = typeof contract;

/** What was made with a key does not outlive it. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'api-keys:write');
    return this.database.once({ contract, input, context }, async (tx) => {
      const key = await lockApiKey(tx.manager, input.id);
      if (!key || !mayTouch(context.actor, key)) throw context.fail('api_key_not_found');
      for (const apiKeyId of await revokeWithDescendants(tx.manager, key.id, this.clock.now()))
        await tx.publish(authEvents.apiKeyRevoked, { apiKeyId });
      return ((await findApiKey(tx.manager, key.id)) ?? key).toApiKey();
    });
  }
}
