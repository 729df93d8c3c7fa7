import { deployerEvents } from '@aether/contracts/deployer';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RevokeVirtualKeys } from './keys/revoke-virtual-keys.js';

@Injectable()
export class ModelsConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly revokeVirtualKeys: RevokeVirtualKeys,
  ) {}

  onModuleInit(): void {
    const [deployments] = topology.models.durables;
    this.consumers.add(deployments, [
      onEvent(deployerEvents.deploymentDeleted, ({ deploymentId }, transaction) =>
        this.revokeVirtualKeys.execute(deploymentId, transaction),
      ),
    ]);
  }
}
