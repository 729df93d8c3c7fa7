import { modelsEvents, type modelsRequests } from '@aether/contracts/models';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { CLOCK } from '../tokens.js';
import { hashOf, newKey } from './key-text.js';
import { VirtualKeyRepository } from './virtual-key.repository.js';

type Contract = typeof modelsRequests.issueVirtualKey;

/** A gateway that runs holds the old key until it has read the new one. */
const GRACE_MS = 60_000;

/**
 * The key is shown once and stored as a hash, so a repeat under the same idempotency key cannot be answered
 * with the first reply: it gets another key, and the one before ends after the grace.
 */
@Injectable()
export class IssueVirtualKey {
  constructor(
    private readonly database: Database,
    private readonly keys: VirtualKeyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ deploymentId, models }: InputOf<Contract>, context: Context): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:write');
    const now = this.clock.now();
    const id = newId();
    const key = newKey();
    await this.database.transaction(context, async (transaction) => {
      const of = { deploymentId, name: null, models: models ?? null };
      const row = { id, ...of, hash: hashOf(key), createdAt: now, expiresAt: null };
      await this.keys.replace(transaction, row, new Date(now.getTime() + GRACE_MS));
      await transaction.publish(modelsEvents.virtualKeyIssued, { virtualKeyId: id, deploymentId });
    });
    return { id, key };
  }
}
