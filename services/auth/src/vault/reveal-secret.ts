import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import type { StoredSecret } from './secret.entity.js';
import { findSecret, recordUse } from './secret.repository.js';
import { Vault } from './vault.js';

type Contract = typeof authRequests.revealSecret;

/** A secret in constant use costs no write each time. */
const USE_WRITTEN_EVERY_MS = 5 * 60_000;

@Injectable()
export class RevealSecret {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireService(context);
    const secret = await this.database.read((manager) => findSecret(manager, input.id));
    if (!secret) throw context.fail('secret_not_found');
    const value = this.vault.open(secret.id, secret.sealed);
    const use = { secretId: secret.id, service: context.actor.id, purpose: input.purpose };
    const now = this.clock.now();
    if (!isRecorded(secret, use, now))
      await this.database.transaction(context, ({ manager }) =>
        recordUse(manager, { ...use, lastUsedAt: now }),
      );
    return { value };
  }
}

function isRecorded({ uses }: StoredSecret, use: { service: string; purpose: string }, now: Date): boolean {
  const known = uses?.find(({ service, purpose }) => service === use.service && purpose === use.purpose);
  return known !== undefined && now.getTime() - known.lastUsedAt.getTime() < USE_WRITTEN_EVERY_MS;
}
