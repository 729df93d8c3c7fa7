import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requireService } from '@aether/messaging/access';
import { findSecret } from './secret.repository.js';
import { Vault } from './vault.js';

type Contract = typeof authRequests.revealSecret;

@Injectable()
export class RevealSecret {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireService(context);
    const secret = await this.database.read((manager) => findSecret(manager, input.id));
    if (!secret) throw context.fail('secret_not_found');
    return { value: this.vault.open(secret.id, secret.sealed) };
  }
}
