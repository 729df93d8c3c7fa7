import { deployerRequests } from '@aether/contracts/deployer';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { PoolRepository } from '../pool/pool.repository.js';

/** What agents can do, or could if one were deployed. */
@Injectable()
export class Capabilities {
  constructor(
    private readonly messaging: Messaging,
    private readonly agents: PoolRepository,
  ) {}

  async known(context: Context): Promise<ReadonlySet<string>> {
    const templates = await this.messaging.call(deployerRequests.listTemplates, {}, context);
    const deployments = await this.messaging.call(deployerRequests.listDeployments, { limit: 200 }, context);
    // As they were last seen: a plan does not wait for gateways.
    const agents = await this.agents.all();
    // Who keeps an agent to themselves gives it no tasks.
    const open = deployments.items.filter(({ visibility }) => visibility === 'open');
    return new Set([...templates.items, ...open, ...agents].flatMap(({ capabilities }) => capabilities));
  }
}
