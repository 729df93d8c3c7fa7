import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { roleAllows } from '@aether/contracts/schemas';
import { serviceContext } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { matchesHash } from '../tokens.js';
import { findUser } from '../users/user.repository.js';
import { parseKey } from './api-key.entity.js';
import { findApiKeyByPrefix, touchApiKey } from './api-key.repository.js';

type Contract = typeof authRequests.verifyApiKey;

const USE_WRITTEN_EVERY_MS = 5 * 60_000;

/** A key may do what both it and its owner may now: somebody whose role was lowered keeps no back door. */
@Injectable()
export class VerifyApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const parts = parseKey(input.key);
    if (!parts) throw context.fail('api_key_invalid');
    const found = await this.database.read(async (manager) => {
      const key = await findApiKeyByPrefix(manager, parts.prefix);
      return { key, owner: key && (await findUser(manager, key.ownerId)) };
    });
    const { key, owner } = found;
    const now = this.clock.now();
    if (!key || !owner?.isActive || !matchesHash(parts.secret, key.secretHash) || !key.isUsable(now))
      throw context.fail('api_key_invalid');
    if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() > USE_WRITTEN_EVERY_MS)
      await this.database.transaction(serviceContext('auth'), ({ manager }) =>
        touchApiKey(manager, key.id, { now, everyMs: USE_WRITTEN_EVERY_MS }),
      );
    const { id, name, scopes, ownerId, expiresAt } = key.toApiKey();
    const role = roleAllows(owner.role, key.role) ? key.role : owner.role;
    return { id, name, role, scopes, ownerId, expiresAt };
  }
}
