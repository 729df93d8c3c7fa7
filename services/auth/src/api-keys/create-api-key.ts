import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { roleAllows } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { requirePermission } from '@aether/messaging/access';
import { CLOCK, type Clock } from '../clock.js';
import { sha256 } from '../tokens.js';
import { makeKey } from './api-key.entity.js';
import { insertApiKey } from './api-key.repository.js';

const contract = authRequests.createApiKey;
type Contract = typeof contract;

@Injectable()
export class CreateApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const role = requirePermission(context, 'api-keys:write');
    if (!roleAllows(role, input.role)) throw context.fail('role_too_high');
    const onRepeat = () => context.fail('api_key_already_shown');
    return this.database.once(
      { contract, input, context },
      async (tx) => {
        const now = this.clock.now();
        const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
        if (expiresAt && expiresAt <= now)
          throw context.fail('invalid_input', {
            issues: [{ path: 'expiresAt', message: 'must lie in the future' }],
          });
        const { prefix, secret } = makeKey();
        const stored = await insertApiKey(tx.manager, {
          id: newId(),
          name: input.name,
          role: input.role,
          prefix,
          secretHash: sha256(secret),
          createdBy: context.actor.id,
          createdAt: now,
          expiresAt,
          revokedAt: null,
        });
        const apiKey = stored.toApiKey();
        await tx.publish(authEvents.apiKeyCreated, { apiKey });
        return { apiKey, key: `${prefix}_${secret}` };
      },
      { onRepeat },
    );
  }
}
