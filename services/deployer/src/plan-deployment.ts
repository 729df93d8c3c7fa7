import type { Deployment as DeploymentReply, Runtime, RuntimeSettings } from '@aether/contracts/deployer';
import type { Visibility } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import { personOf } from '@aether/messaging/access';
import type { Refusing } from '@aether/messaging/requests';
import type { Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { ChooseModel } from './choose-model.js';
import { Deployment } from './deployment.entity.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { refuseSettings } from './runtime-settings.js';
import { Templates } from './templates/templates.js';
import { CLOCK } from './tokens.js';

/** What is deployed, apart from its name. */
export interface Plan {
  readonly template: string;
  readonly runtime: Runtime;
  readonly model: string;
  readonly settings: RuntimeSettings;
  readonly capabilities: string[];
  readonly visibility: Visibility;
}

type Asked = Pick<Plan, 'template' | 'runtime' | 'visibility'> & {
  readonly model?: string | undefined;
  readonly settings?: RuntimeSettings | undefined;
};

/** The rules of every deployment that is made, alone or with others. */
@Injectable()
export class PlanDeployment {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly models: ChooseModel,
    private readonly templates: Templates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refuses what could not be deployed. To be called before the transaction: the model endpoint is asked. */
  async plan(
    asked: Asked,
    context: Refusing<'template_not_found' | 'model_not_found' | 'settings_not_supported'>,
  ): Promise<Plan> {
    const template = await this.templates.find(asked.template);
    if (!template) throw await this.noTemplate(context);
    refuseSettings(asked.runtime, asked.settings, context);
    const model = await this.models.choose({ wanted: asked.model, usual: template.models }, context);
    const { runtime, settings = {}, visibility } = asked;
    return {
      template: template.id,
      runtime,
      model,
      settings,
      capabilities: template.capabilities,
      visibility,
    };
  }

  async insert(
    tx: Transaction,
    { name, plan }: { name: string; plan: Plan },
    context: Refusing<'deployment_name_taken' | 'template_not_found'>,
  ): Promise<DeploymentReply> {
    if (!(await this.templates.hold(tx, plan.template))) throw await this.noTemplate(context);
    const deployment = Deployment.create(
      { ...plan, id: newId(), name, createdBy: personOf(context.actor) },
      { correlationId: context.correlationId, at: this.clock.now() },
    );
    if ((await this.deployments.insert(tx, deployment)) === 'name_taken')
      throw context.fail('deployment_name_taken', {
        detail: `Another deployment is named "${name}".`,
      });
    return toReply(deployment);
  }

  private async noTemplate(context: Refusing<'template_not_found'>): Promise<Error> {
    const names = (await this.templates.list()).map(({ id }) => id);
    return context.fail('template_not_found', { hint: `Choose one of: ${names.join(', ')}.` });
  }
}
