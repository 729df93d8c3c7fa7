import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requirePermission } from '@aether/messaging/access';
import { pageSecrets } from './secret.repository.js';

type Contract = typeof authRequests.listSecrets;

@Injectable()
export class ListSecrets {
  constructor(private readonly database: Database) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'secrets:read');
    const page = await this.database.read((manager) => pageSecrets(manager, input));
    return { ...page, items: page.items.map((secret) => secret.toSecret()) };
  }
}
