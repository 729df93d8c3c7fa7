import type { InputOf } from '@aether/contracts/contract';
import { deployerRequests, type Deployment as DeploymentReply } from '@aether/contracts/deployer';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { refuseUnlessAllowed } from './begin-operation.js';
import { ChooseModel } from './choose-model.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { refuseSettings } from './runtime-settings.js';
import { CLOCK } from './tokens.js';
import { Worker } from './worker/worker.js';

const contract = deployerRequests.redeployDeployment;

@Injectable()
export class RedeployDeployment {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly models: ChooseModel,
    private readonly worker: Worker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:write');
    const { id, model, settings } = input;
    if (model !== undefined) await this.models.choose({ wanted: model }, context);
    const reply = await this.database.once({ contract, input, context }, async (tx) => {
      const row = await this.deployments.change(tx, id, (deployment) => {
        refuseUnlessAllowed('redeploy', deployment, context);
        refuseSettings(deployment.runtime, settings, context);
        const asked = { correlationId: context.correlationId, at: this.clock.now() };
        deployment.beginChange({ model, settings }, asked);
      });
      if (!row) throw context.fail('deployment_not_found');
      return toReply(row);
    });
    this.worker.wake();
    return reply;
  }
}
