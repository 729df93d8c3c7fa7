import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { sha256 } from '../tokens.js';
import { mayGrant } from '../users/grant-rule.js';
import { StoredApiKey, makeKey } from './api-key.entity.js';
import { findApiKey, insertApiKey, lockApiKey, saveApiKey } from './api-key.repository.js';
import { mayTouch } from './key-owner.js';

const contract = authRequests.rotateApiKey;
type Contract = typeof contract;

@Injectable()
export class RotateApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'api-keys:write');
    const onRepeat = () => context.fail('api_key_already_shown');
    return this.database.once(
      { contract, input, context },
      async (tx) => {
        const old = await lockApiKey(tx.manager, input.id);
        if (!old || !mayTouch(context.actor, old)) throw context.fail('api_key_not_found');
        // Whoever is shown the new key could use it: a narrow key must not come by a wide one this way.
        if (!mayGrant(context.actor, old.role, old.scopes ?? undefined)) throw context.fail('forbidden');
        const now = this.clock.now();
        if (!old.isUsable(now) || old.replacedBy) throw context.fail('api_key_ended');
        const { prefix, secret } = makeKey();
        const stored = await insertApiKey(
          tx.manager,
          StoredApiKey.create({
            ...old,
            id: newId(),
            prefix,
            secretHash: sha256(secret),
            createdAt: now,
            expiresAt: await endOfNext(tx.manager, old, now),
          }),
        );
        const endsAt = new Date(now.getTime() + input.overlapS * 1_000);
        old.replace(stored.id, endsAt);
        await saveApiKey(tx.manager, old);
        const apiKey = stored.toApiKey();
        await tx.publish(authEvents.apiKeyCreated, { apiKey });
        await tx.publish(authEvents.apiKeyRotated, {
          apiKeyId: old.id,
          replacedBy: stored.id,
          endsAt: (old.expiresAt ?? endsAt).toISOString(),
        });
        return { apiKey, key: `${prefix}_${secret}` };
      },
      { onRepeat },
    );
  }
}

/** As long a life as the old key was given, within that of the key both were made with. */
async function endOfNext(
  manager: Transaction['manager'],
  old: StoredApiKey,
  now: Date,
): Promise<Date | null> {
  const lifetimeMs = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
  const maker = await findApiKey(manager, old.createdBy);
  const ends = [lifetimeMs && now.getTime() + lifetimeMs, maker?.expiresAt?.getTime()].filter(
    (end): end is number => typeof end === 'number',
  );
  return ends.length ? new Date(Math.min(...ends)) : null;
}
