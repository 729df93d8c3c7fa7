import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { deployerRequests } from '@aether/contracts/deployer';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { DeploymentRepository } from './deployment.repository.js';
import { Runtimes } from './runtimes.js';
import { CLOCK } from './tokens.js';

type Contract = typeof deployerRequests.getDeploymentMetrics;

@Injectable()
export class ReadMetrics {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly runtimes: Runtimes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:read');
    const deployment = await this.deployments.find(context.actor, input.id);
    if (!deployment) throw context.fail('deployment_not_found');
    const figures = await this.runtimes.get(deployment.runtime).figures(deployment.id);
    if (!figures) throw context.fail('deployment_not_running');
    return { at: this.clock.now().toISOString(), ...figures };
  }
}
