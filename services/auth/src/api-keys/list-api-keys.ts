import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { personOf, requirePermission, seesEverything } from '@aether/messaging/access';
import { pageApiKeys } from './api-key.repository.js';

type Contract = typeof authRequests.listApiKeys;

@Injectable()
export class ListApiKeys {
  constructor(private readonly database: Database) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'api-keys:read');
    const ownerId = seesEverything(context.actor) ? null : personOf(context.actor);
    const page = await this.database.read((manager) => pageApiKeys(manager, { ...input, ownerId }));
    return { ...page, items: page.items.map((key) => key.toApiKey()) };
  }
}
