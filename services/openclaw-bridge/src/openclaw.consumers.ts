import { authEvents } from '@aether/contracts/auth';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RenewConnections } from './connections/renew-connections.js';

@Injectable()
export class OpenclawConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly renewConnections: RenewConnections,
  ) {}

  onModuleInit(): void {
    const [secrets] = topology['openclaw-bridge'].durables;
    this.consumers.add(secrets, [
      onEvent(authEvents.secretReplaced, ({ secretId }) => this.renewConnections.execute(secretId)),
    ]);
  }
}
