import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { CLOCK, type Clock } from '../clock.js';
import { lockSecret, saveSecret } from './secret.repository.js';
import { Vault } from './vault.js';

const contract = authRequests.replaceSecret;
type Contract = typeof contract;

@Injectable()
export class ReplaceSecret {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'secrets:write');
    const kept = { ...input, value: this.vault.fingerprint(input.value) };
    return this.database.once({ contract, input: kept, context }, async (tx) => {
      const secret = await lockSecret(tx.manager, input.id);
      if (!secret) throw context.fail('secret_not_found');
      secret.replace(this.vault.seal(secret.id, input.value), this.clock.now());
      await saveSecret(tx.manager, secret);
      const stored = secret.toSecret();
      await tx.publish(authEvents.secretReplaced, {
        secretId: secret.id,
        name: secret.name,
        usedBy: [...new Set(stored.usedBy.map(({ service }) => service))],
      });
      return stored;
    });
  }
}
