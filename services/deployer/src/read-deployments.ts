import type { Deployment as DeploymentReply, deployerRequests } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';

type List = typeof deployerRequests.listDeployments;
type Get = typeof deployerRequests.getDeployment;

@Injectable()
export class ReadDeployments {
  constructor(private readonly deployments: DeploymentRepository) {}

  async list(query: InputOf<List>, context: RequestContext<List>): Promise<OutputOf<List>> {
    requireServiceOr(context, 'deployments:read');
    const page = await this.deployments.page(context.actor, query);
    return { ...page, items: page.items.map(toReply) };
  }

  async get({ id }: InputOf<Get>, context: RequestContext<Get>): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:read');
    const deployment = await this.deployments.find(context.actor, id);
    if (!deployment) throw context.fail('deployment_not_found');
    return toReply(deployment);
  }
}
