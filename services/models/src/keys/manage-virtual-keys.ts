import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { modelsEvents } from '@aether/contracts/models';
import type { VirtualKey as Reply, virtualKeysRequests } from '@aether/contracts/virtual-keys';
import { requirePermission } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { AuthenticateKey } from './authenticate-key.js';
import type { VirtualKey } from './virtual-key.entity.js';
import { VirtualKeyRepository } from './virtual-key.repository.js';

type Requests = typeof virtualKeysRequests;

@Injectable()
export class ManageVirtualKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: VirtualKeyRepository,
    private readonly authenticate: AuthenticateKey,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(
    query: InputOf<Requests['listVirtualKeys']>,
    context: Context,
  ): Promise<OutputOf<Requests['listVirtualKeys']>> {
    requirePermission(context, 'models:read');
    const page = await this.keys.page(query, this.clock.now());
    return { ...page, items: page.items.map(reply) };
  }

  /** Revoking twice is fine: the key ends when it ended first. */
  async revoke(
    { id }: InputOf<Requests['revokeVirtualKey']>,
    context: RequestContext<Requests['revokeVirtualKey']>,
  ): Promise<Reply> {
    requirePermission(context, 'models:write');
    return this.database.transaction(context, async (tx) => {
      const key = await this.keys.end(tx, id, this.clock.now());
      if (!key) throw context.fail('virtual_key_not_found');
      await tx.publish(modelsEvents.virtualKeyRevoked, { deploymentId: key.deploymentId });
      tx.afterCommit(() => this.authenticate.forget(key.deploymentId));
      return reply(key);
    });
  }
}

function reply({ id, deploymentId, createdAt, expiresAt }: VirtualKey): Reply {
  return { id, deploymentId, createdAt: createdAt.toISOString(), endsAt: expiresAt?.toISOString() ?? null };
}
