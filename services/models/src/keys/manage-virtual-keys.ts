import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { modelsEvents } from '@aether/contracts/models';
import { openclawRequests } from '@aether/contracts/openclaw';
import { virtualKeysRequests, type VirtualKey as Reply } from '@aether/contracts/virtual-keys';
import { requirePermission } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { EndpointServer } from '../calls/endpoint.server.js';
import { CLOCK } from '../tokens.js';
import { AuthenticateKey } from './authenticate-key.js';
import { hashOf, newKey } from './key-text.js';
import type { VirtualKey } from './virtual-key.entity.js';
import { VirtualKeyRepository } from './virtual-key.repository.js';

type Requests = typeof virtualKeysRequests;
const creating = virtualKeysRequests.createVirtualKey;

@Injectable()
export class ManageVirtualKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: VirtualKeyRepository,
    private readonly authenticate: AuthenticateKey,
    private readonly messaging: Messaging,
    private readonly server: EndpointServer,
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

  async create(
    input: InputOf<typeof creating>,
    context: RequestContext<typeof creating>,
  ): Promise<OutputOf<typeof creating>> {
    requirePermission(context, 'models:write');
    const { deploymentId, name } = input;
    const { items } = await this.messaging.call(openclawRequests.listAgents, { deploymentId }, context);
    if (items.length === 0) throw context.fail('virtual_key_owner_not_found');
    const onRepeat = () => context.fail('virtual_key_already_shown');
    return this.database.once(
      { contract: creating, input, context },
      async (tx) => {
        const key = newKey();
        const of = { deploymentId, name, models: null };
        const row = { id: newId(), ...of, hash: hashOf(key), createdAt: this.clock.now(), expiresAt: null };
        await this.keys.insert(tx, row);
        await tx.publish(modelsEvents.virtualKeyIssued, { virtualKeyId: row.id, deploymentId });
        return { virtualKey: reply(row), key, baseUrl: this.server.baseUrl };
      },
      { onRepeat },
    );
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

function reply({ id, deploymentId, name, createdAt, expiresAt }: VirtualKey): Reply {
  return {
    id,
    deploymentId,
    name,
    createdAt: createdAt.toISOString(),
    endsAt: expiresAt?.toISOString() ?? null,
  };
}
