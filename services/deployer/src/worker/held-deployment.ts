import type { Context } from '@aether/messaging/context';
import PQueue from 'p-queue';
import type { Deployment } from '../deployment.entity.js';
import type { Claim, DeploymentRepository, Hold } from '../deployment.repository.js';

/** A deployment while one operation on it is ours; every change is refused once it no longer is. */
export class HeldDeployment {
  private readonly hold: Hold;
  /** One change after the other, so that `row` never goes back. */
  private readonly order = new PQueue({ concurrency: 1 });

  constructor(
    private readonly deployments: DeploymentRepository,
    private current: Deployment,
    { claim, context }: { claim: Claim; context: Context },
  ) {
    this.hold = { ...claim, operationId: current.operationId, context };
  }

  /** As it was after the last change. */
  get row(): Deployment {
    return this.current;
  }

  async change(apply: (row: Deployment) => unknown): Promise<void> {
    await this.order.add(async () => {
      this.current = await this.deployments.changeHeld(this.hold, apply);
    });
  }

  async takePort(port: number): Promise<boolean> {
    return this.order.add(async () => {
      const row = await this.deployments.takePort(this.hold, port);
      if (row) this.current = row;
      return row !== null;
    });
  }

  async reserve(memory: { neededMb: number; availableMb: number }): Promise<boolean> {
    return this.deployments.reserve(this.hold, memory);
  }
}
