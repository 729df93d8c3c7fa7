import type { InputOf } from '@aether/contracts/contract';
import { deployerRequests, type Deployment as DeploymentReply } from '@aether/contracts/deployer';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { refuseWhileBusy } from './begin-operation.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { CLOCK } from './tokens.js';
import { Worker } from './worker/worker.js';

const contract = deployerRequests.retryDeployment;

/** Whatever operation it was that failed goes on; a repair begins anew. */
@Injectable()
export class RetryDeployment {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly worker: Worker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:write');
    const reply = await this.database.once({ contract, input, context }, async (tx) => {
      const row = await this.deployments.change(tx, input.id, (deployment) => {
        refuseWhileBusy(deployment, context);
        const { name, state, failedStep } = deployment;
        if (!failedStep)
          throw context.fail('operation_not_allowed', {
            detail: `"${name}" is ${state}, and no step of it has failed: there is nothing to try again.`,
          });
        deployment.retry({ correlationId: context.correlationId, at: this.clock.now() });
      });
      if (!row) throw context.fail('deployment_not_found');
      return toReply(row);
    });
    this.worker.wake();
    return reply;
  }
}
