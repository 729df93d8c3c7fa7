import { deployerRequests, type Deployment as DeploymentReply } from '@aether/contracts/deployer';
import type { InputOf } from '@aether/contracts/contract';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { ChooseModel } from './choose-model.js';
import { Deployment } from './deployment.entity.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { refuseSettings } from './runtime-settings.js';
import { Templates } from './templates.js';
import { CLOCK } from './tokens.js';
import { Worker } from './worker/worker.js';

const contract = deployerRequests.createDeployment;

@Injectable()
export class CreateDeployment {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly models: ChooseModel,
    private readonly templates: Templates,
    private readonly worker: Worker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:write');
    const template = this.templates.find(input.template);
    if (!template) {
      const names = this.templates.list().map(({ id }) => id);
      throw context.fail('template_not_found', { hint: `Choose one of: ${names.join(', ')}.` });
    }
    refuseSettings(input.runtime, input.settings, context);
    const model = await this.models.choose(input.model, context);
    const reply = await this.database.once({ contract, input, context }, async (tx) => {
      const deployment = Deployment.create(
        {
          id: newId(),
          name: input.name,
          template: template.id,
          runtime: input.runtime,
          model,
          settings: input.settings ?? {},
          capabilities: template.capabilities,
          createdBy: context.actor.id,
        },
        { correlationId: context.correlationId, at: this.clock.now() },
      );
      if ((await this.deployments.insert(tx, deployment)) === 'name_taken')
        throw context.fail('deployment_name_taken', {
          detail: `Another deployment is named "${input.name}".`,
        });
      return toReply(deployment);
    });
    this.worker.wake();
    return reply;
  }
}
