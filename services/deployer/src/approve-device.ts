import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { deployerRequests } from '@aether/contracts/deployer';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { DeploymentRepository } from './deployment.repository.js';
import { DeploymentLog } from './logs/deployment-log.js';
import { Runtimes } from './runtimes.js';
import { StepError } from './steps/step-error.js';

type Contract = typeof deployerRequests.approveDevice;

/** A published port makes the bridge look remote to a gateway, which then wants its device approved once. */
@Injectable()
export class ApproveDevice {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly runtimes: Runtimes,
    private readonly log: DeploymentLog,
  ) {}

  async execute(
    { deploymentId, requestId }: InputOf<Contract>,
    context: RequestContext<Contract>,
  ): Promise<OutputOf<Contract>> {
    requireService(context);
    const deployment = await this.deployments.get(deploymentId);
    if (!deployment || deployment.state === 'deleted') throw context.fail('deployment_not_found');
    try {
      await this.runtimes.get(deployment.runtime).approveDevice(deploymentId, requestId);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      throw context.fail('device_not_approved', { detail: error.message, hint: error.remedy });
    }
    await this.log.step(deploymentId, 'info', ['The bridge is paired: the gateway approved its device.']);
    return {};
  }
}
