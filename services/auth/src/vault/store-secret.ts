import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requireServiceOr } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { findSecret, insertSecret, recordUse } from './secret.repository.js';
import { Vault } from './vault.js';

const contract = authRequests.storeSecret;
type Contract = typeof contract;

@Injectable()
export class StoreSecret {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'secrets:write');
    // The digest kept for repeats must not be one that a short secret could be guessed from.
    const kept = { ...input, value: this.vault.fingerprint(input.value) };
    return this.database.once({ contract, input: kept, context }, async (tx) => {
      const now = this.clock.now();
      const id = newId();
      const { name, purpose } = input;
      const sealed = this.vault.seal(id, input.value);
      await insertSecret(tx.manager, { id, name, sealed, createdAt: now, updatedAt: now });
      const { type, id: service } = context.actor;
      if (type === 'service')
        await recordUse(tx.manager, { secretId: id, service, purpose, lastUsedAt: now });
      await tx.publish(authEvents.secretStored, { secretId: id, name });
      const stored = await findSecret(tx.manager, id);
      if (!stored) throw new Error('the secret stored just now is not there');
      return stored.toSecret();
    });
  }
}
