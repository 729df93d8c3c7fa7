import { authEvents } from '@aether/contracts/auth';
import { deployerEvents } from '@aether/contracts/deployer';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConnectionRepository } from './connections/connection.repository.js';
import { RenewConnections } from './connections/renew-connections.js';

@Injectable()
export class OpenclawConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly renewConnections: RenewConnections,
    private readonly connections: ConnectionRepository,
  ) {}

  onModuleInit(): void {
    const [secrets, deployments] = topology['openclaw-bridge'].durables;
    this.consumers.add(secrets, [
      onEvent(authEvents.secretReplaced, ({ secretId }) => this.renewConnections.execute(secretId)),
    ]);
    this.consumers.add(deployments, [
      onEvent(deployerEvents.deploymentAccessChanged, ({ deploymentId, createdBy, visibility }, tx) =>
        this.connections.restrict(tx, deploymentId, { createdBy, visibility }),
      ),
    ]);
  }
}
