import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requireRole } from '@aether/messaging/access';
import { pageApiKeys } from './api-key.repository.js';

type Contract = typeof authRequests.listApiKeys;

@Injectable()
export class ListApiKeys {
  constructor(private readonly database: Database) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireRole(context, 'admin');
    const page = await this.database.read((manager) => pageApiKeys(manager, input));
    return { ...page, items: page.items.map((key) => key.toApiKey()) };
  }
}
