import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { canSee, requirePermission } from '@aether/messaging/access';
import { CLOCK, type Clock } from '../clock.js';
import { lockApiKey, saveApiKey } from './api-key.repository.js';

const contract = authRequests.revokeApiKey;
type Contract = typeof contract;

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
      if (!key || !canSee(context.actor, { ...key, visibility: 'private' }))
        throw context.fail('api_key_not_found');
      if (key.revoke(this.clock.now())) {
        await saveApiKey(tx.manager, key);
        await tx.publish(authEvents.apiKeyRevoked, { apiKeyId: key.id });
      }
      return key.toApiKey();
    });
  }
}
