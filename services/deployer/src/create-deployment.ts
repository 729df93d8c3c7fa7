import { deployerRequests, type Deployment as DeploymentReply } from '@aether/contracts/deployer';
import type { InputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { PlanDeployment } from './plan-deployment.js';
import { Worker } from './worker/worker.js';

const contract = deployerRequests.createDeployment;

@Injectable()
export class CreateDeployment {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanDeployment,
    private readonly worker: Worker,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:write');
    const plan = await this.plans.plan(input, context);
    const reply = await this.database.once({ contract, input, context }, (tx) =>
      this.plans.insert(tx, { name: input.name, plan }, context),
    );
    this.worker.wake();
    return reply;
  }
}
