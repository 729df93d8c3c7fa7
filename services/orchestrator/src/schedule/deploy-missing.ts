import { createHash } from 'node:crypto';
import { deployerRequests } from '@aether/contracts/deployer';
import { ContractFailure } from '@aether/contracts/failure';
import type { ReadyTask } from '@aether/contracts/mission-schemas';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '../tokens.js';

/** Deploys an agent from a matching template where a mission allows it and nobody in the pool can do a task. */
@Injectable()
export class DeployMissing {
  private readonly considered = new Set<string>();

  constructor(
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async consider(tasks: readonly ReadyTask[]): Promise<void> {
    const context = serviceContext('orchestrator');
    for (const task of tasks) {
      if (!task.mission.deployMissing || this.considered.has(task.id)) continue;
      this.considered.add(task.id);
      const templates = await this.messaging.call(deployerRequests.listTemplates, {}, context);
      const template = templates.items.find(({ capabilities }) =>
        task.requires.every((name) => capabilities.includes(name)),
      );
      if (!template) continue;
      // One for each mission and template, whoever considers it and however often.
      const name = `${template.id.slice(0, 20)}-${createHash('sha256').update(`${task.missionId} ${template.id}`).digest('hex').slice(0, 8)}`;
      try {
        await this.messaging.call(
          deployerRequests.createDeployment,
          { name, template: template.id },
          context,
        );
        this.logger.info({ missionId: task.missionId, name }, 'an agent is deployed for a mission');
      } catch (error) {
        if (!(error instanceof ContractFailure) || error.code !== 'deployment_name_taken') throw error;
      }
    }
  }
}
