import { authEvents } from '@aether/contracts/auth';
import { openclawEvents } from '@aether/contracts/openclaw';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeploymentRepository } from './deployment.repository.js';
import { RenewToken } from './renew-token.js';
import { CLOCK } from './tokens.js';

@Injectable()
export class DeployerConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly deployments: DeploymentRepository,
    private readonly renewToken: RenewToken,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const [health, secrets] = topology.deployer.durables;
    this.consumers.add(health, [
      onEvent(openclawEvents.connectionChanged, async ({ connection }, tx) => {
        const { deploymentId, version, state, reason } = connection;
        if (deploymentId === null) return;
        await this.deployments.noteConnection(tx, deploymentId, {
          note: { version, state, reason },
          at: this.clock.now(),
        });
      }),
    ]);
    this.consumers.add(secrets, [
      onEvent(authEvents.secretReplaced, ({ secretId }, tx) => this.renewToken.execute(secretId, tx)),
    ]);
  }
}
