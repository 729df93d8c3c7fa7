import type { authRequests } from '@aether/contracts/auth';
import type { OutputOf } from '@aether/contracts/contract';
import { Permission, hasPermission } from '@aether/contracts/permissions';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { findApiKey } from '../api-keys/api-key.repository.js';
import { findUser } from './user.repository.js';

type Contract = typeof authRequests.getMe;

@Injectable()
export class GetMe {
  constructor(private readonly database: Database) {}

  async execute(context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const { actor } = context;
    const { type, id } = actor;
    const permissions = Permission.options.filter((permission) => hasPermission(actor, permission));
    if (type === 'user') {
      const user = await this.database.read((manager) => findUser(manager, id));
      if (user)
        return {
          type,
          id,
          name: user.name,
          role: user.role,
          email: user.email,
          secondFactor: user.secondFactorAt !== null,
          secondFactorMissing: actor.scopes !== undefined,
          permissions,
        };
    }
    if (type === 'key') {
      const key = await this.database.read((manager) => findApiKey(manager, id));
      if (key)
        return {
          type,
          id,
          name: key.name,
          role: actor.role ?? key.role,
          email: null,
          secondFactor: false,
          secondFactorMissing: false,
          permissions,
        };
    }
    throw context.fail('unauthenticated');
  }
}
