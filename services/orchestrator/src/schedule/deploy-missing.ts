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
  /** Tasks that an agent was deployed for. */
  private readonly served = new Set<string>();

  constructor(
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What could not be done now, since the deployer is away or no template fits yet, is tried at the next look. */
  async consider(tasks: readonly ReadyTask[]): Promise<void> {
    const lacking = tasks.filter(({ id, mission }) => mission.deployMissing && !this.served.has(id));
    if (lacking.length === 0) return;
    const context = serviceContext('orchestrator');
    const { items: templates } = await this.messaging.call(deployerRequests.listTemplates, {}, context);
    for (const { id, missionId, requires } of lacking) {
      const template = templates.find(({ capabilities }) =>
        requires.every((name) => capabilities.includes(name)),
      );
      if (!template) continue;
      await this.deploy(template.id, missionId);
      this.served.add(id);
    }
  }

  /** One for each mission and template, whoever asks and however often. */
  private async deploy(template: string, missionId: string): Promise<void> {
    const mark = createHash('sha256').update(`${missionId} ${template}`).digest('hex').slice(0, 8);
    const name = `${template.slice(0, 20)}-${mark}`;
    try {
      const context = serviceContext('orchestrator');
      await this.messaging.call(deployerRequests.createDeployment, { name, template }, context);
      this.logger.info({ missionId, name }, 'an agent is deployed for a mission');
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'deployment_name_taken') throw error;
    }
  }
}
