import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { findUser, pageUsers } from './user.repository.js';

type List = typeof authRequests.listUsers;
type Get = typeof authRequests.getUser;

@Injectable()
export class ReadUsers {
  constructor(private readonly database: Database) {}

  async list(input: InputOf<List>, context: RequestContext<List>): Promise<OutputOf<List>> {
    requirePermission(context, 'users:read');
    const page = await this.database.read((manager) => pageUsers(manager, input));
    return { ...page, items: page.items.map((user) => user.toUser()) };
  }

  async get(input: InputOf<Get>, context: RequestContext<Get>): Promise<OutputOf<Get>> {
    requirePermission(context, 'users:read');
    const user = await this.database.read((manager) => findUser(manager, input.id));
    if (!user) throw context.fail('user_not_found');
    return user.toUser();
  }
}
