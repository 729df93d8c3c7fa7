import { deployerRequests } from '@aether/contracts/deployer';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';

/** What agents can do, or could if one were deployed. */
@Injectable()
export class Capabilities {
  constructor(private readonly messaging: Messaging) {}

  async known(context: Context): Promise<ReadonlySet<string>> {
    const templates = await this.messaging.call(deployerRequests.listTemplates, {}, context);
    const deployments = await this.messaging.call(deployerRequests.listDeployments, { limit: 200 }, context);
    return new Set([...templates.items, ...deployments.items].flatMap(({ capabilities }) => capabilities));
  }
}
