import type { Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { DeploymentRepository } from './deployment.repository.js';
import { DeploymentLog } from './logs/deployment-log.js';
import { CLOCK } from './tokens.js';
import { Worker } from './worker/worker.js';

/**
 * Starts an agent anew whose gateway's token was replaced in the vault, once its running turns have ended. What people
 * write meanwhile waits at the bridge. An agent that stands still, or has not come to its configuration yet, reads the
 * token by itself.
 */
@Injectable()
export class RenewToken {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly log: DeploymentLog,
    private readonly worker: Worker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(secretId: string, tx: Transaction): Promise<void> {
    await this.deployments.changeByTokenSecret(tx, secretId, (row) => {
      if (!row.hasReadSecrets) return false;
      row.renewToken({ correlationId: tx.context.correlationId, at: this.clock.now() });
      tx.afterCommit(() => {
        this.worker.wake();
        void this.log.step(row.id, 'info', [REPLACED]).catch(() => undefined);
      });
      return true;
    });
  }
}

const REPLACED = "The gateway's token was replaced in the vault: the agent is restarted with the new one.";
