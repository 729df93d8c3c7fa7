import type { InputOf } from '@aether/contracts/contract';
import {
  deployerEvents,
  deployerRequests,
  type Deployment as DeploymentReply,
} from '@aether/contracts/deployer';
import { canRestrict, requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { refuseWhileBusy } from './begin-operation.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { DeploymentLog } from './logs/deployment-log.js';

const contract = deployerRequests.updateDeployment;

@Injectable()
export class UpdateDeployment {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly log: DeploymentLog,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<DeploymentReply> {
    requirePermission(context, 'deployments:write');
    return this.database.once({ contract, input, context }, async (tx) => {
      const row = await this.deployments.change(tx, input.id, (deployment) => {
        if (!canRestrict(context.actor, deployment))
          throw context.fail('forbidden', {
            detail: 'Only the person who made the deployment, or an administrator, may say who sees it.',
          });
        refuseWhileBusy(deployment, context);
        deployment.visibility = input.visibility;
      });
      if (!row) throw context.fail('deployment_not_found');
      const { id: deploymentId, createdBy, visibility } = row;
      await tx.publish(deployerEvents.deploymentAccessChanged, { deploymentId, createdBy, visibility }, row);
      tx.afterCommit(() => this.log.accessChanged(deploymentId));
      return toReply(row);
    });
  }
}
