import {
  deployerRequests,
  type Deployment as DeploymentReply,
  type Operation,
} from '@aether/contracts/deployer';
import type { InputOf } from '@aether/contracts/contract';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import type { Deployment } from './deployment.entity.js';
import { toReply } from './deployment.reply.js';
import { DeploymentRepository } from './deployment.repository.js';
import { plans } from './operation-plan.js';
import { CLOCK } from './tokens.js';
import { Worker } from './worker/worker.js';

export const contracts = {
  start: deployerRequests.startDeployment,
  stop: deployerRequests.stopDeployment,
  restart: deployerRequests.restartDeployment,
  repair: deployerRequests.repairDeployment,
  delete: deployerRequests.deleteDeployment,
} satisfies Partial<Record<Operation, unknown>>;

type Asked = keyof typeof contracts;
type Contract = (typeof contracts)[Asked];

/** Start, stop, restart, repair, delete: the same but for the plan each follows. */
@Injectable()
export class BeginOperation {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly worker: Worker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(
    operation: Asked,
    input: InputOf<Contract>,
    context: RequestContext<Contract>,
  ): Promise<DeploymentReply> {
    requireServiceOr(context, 'deployments:write');
    const reply = await this.database.once({ contract: contracts[operation], input, context }, async (tx) => {
      const row = await this.deployments.change(tx, input.id, (deployment) => {
        // Asked twice, done once.
        if (deployment.isTransient && deployment.operation === operation) return false;
        refuseUnlessAllowed(operation, deployment, context);
        deployment.begin(operation, { correlationId: context.correlationId, at: this.clock.now() });
        return true;
      });
      if (!row) throw context.fail('deployment_not_found');
      return toReply(row);
    });
    this.worker.wake();
    return reply;
  }
}

type Refusal = 'deployment_not_found' | 'deployment_busy' | 'operation_not_allowed';

export function refuseUnlessAllowed(
  operation: Operation,
  deployment: Deployment,
  context: Refusing<Refusal>,
): void {
  const { name, state } = deployment;
  if (state !== 'deleted' && plans[operation].from.includes(state)) return;
  refuseWhileBusy(deployment, context);
  throw context.fail('operation_not_allowed', {
    detail: `"${name}" is ${state}: it cannot be asked to ${operation}.`,
  });
}

/** Refuses what has to wait for the end of an operation, and what is deleted. */
export function refuseWhileBusy(
  { isTransient, name, state, waitsFor }: Deployment,
  context: Refusing<'deployment_not_found' | 'deployment_busy'>,
): void {
  if (state === 'deleted') throw context.fail('deployment_not_found', { detail: `"${name}" was deleted.` });
  if (isTransient)
    throw context.fail('deployment_busy', {
      detail: `"${name}" is ${state} and waits for ${waitsFor ?? 'its end'}.`,
    });
}
