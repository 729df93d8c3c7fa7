import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { matchesHash } from '../tokens.js';
import { parseKey } from './api-key.entity.js';
import { findApiKeyByPrefix } from './api-key.repository.js';

type Contract = typeof authRequests.verifyApiKey;

@Injectable()
export class VerifyApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const parts = parseKey(input.key);
    const stored =
      parts && (await this.database.read((manager) => findApiKeyByPrefix(manager, parts.prefix)));
    if (!stored || !matchesHash(parts.secret, stored.secretHash) || !stored.isUsable(this.clock.now()))
      throw context.fail('api_key_invalid');
    const { id, name, role, expiresAt } = stored.toApiKey();
    return { id, name, role, expiresAt };
  }
}
