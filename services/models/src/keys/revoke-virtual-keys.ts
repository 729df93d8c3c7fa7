import { modelsEvents } from '@aether/contracts/models';
import type { Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { AuthenticateKey } from './authenticate-key.js';
import { VirtualKeyRepository } from './virtual-key.repository.js';

@Injectable()
export class RevokeVirtualKeys {
  constructor(
    private readonly keys: VirtualKeyRepository,
    private readonly authenticate: AuthenticateKey,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(deploymentId: string, transaction: Transaction): Promise<void> {
    const revoked = await this.keys.endAll(transaction, deploymentId, this.clock.now());
    if (!revoked) return;
    await transaction.publish(modelsEvents.virtualKeyRevoked, { deploymentId });
    this.authenticate.forget(deploymentId);
  }
}
