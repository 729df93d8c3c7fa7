import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { Capabilities } from './capabilities.js';
import type { PlanWork } from './job.entity.js';
import { makePlan } from './make-plan.js';
import { ModelAccess } from './model-access.js';
import type { Plan } from './plan-schema.js';

/** Refusals of a plan that another plan can avoid; every other one ends the work. */
const REPAIRABLE = new Set([
  'dependency_cycle',
  'dependency_unknown',
  'task_key_taken',
  'too_many_tasks',
  'invalid_input',
]);

/** Makes a plan for a mission that waits for one. */
@Injectable()
export class PlanMission {
  constructor(
    private readonly messaging: Messaging,
    private readonly models: ModelAccess,
    private readonly capabilities: Capabilities,
  ) {}

  async execute(
    work: PlanWork,
    { context, signal }: { context: Context; signal: AbortSignal },
  ): Promise<void> {
    const ref = { id: work.missionId };
    try {
      const mission = await this.messaging.call(missionsRequests.getMission, ref, context);
      if (mission.state !== 'planning') return;
      const jason = await this.models.open(work.missionId);
      const order = { mission, tasks: work.tasks, comment: work.comment, signal };
      const capabilities = await this.capabilities.known(context);
      const reason = await makePlan(jason, { ...order, capabilities }, (plan) =>
        this.propose(ref.id, { plan, demo: jason.demo, context }),
      );
      // Taken over by another instance, or stopped: that one goes on.
      if (reason && !signal.aborted)
        await this.messaging.call(missionsRequests.refusePlan, { ...ref, reason }, context);
    } catch (error) {
      if (!isOver(error)) throw error;
    }
  }

  private async propose(
    id: string,
    { plan, demo, context }: { plan: Plan; demo: boolean; context: Context },
  ): Promise<readonly string[]> {
    const { title, note, tasks } = plan;
    try {
      await this.messaging.call(
        missionsRequests.proposePlan,
        { id, tasks, note, demo, ...(title && { title }) },
        context,
      );
      return [];
    } catch (error) {
      if (!(error instanceof ContractFailure) || !REPAIRABLE.has(error.code)) throw error;
      const issues = (error.issues ?? []).map(({ path, message }) => `${path}: ${message}`);
      return [error.message, ...issues];
    }
  }
}

/** The mission went on without this plan: cancelled, or planned by another instance. */
function isOver(error: unknown): boolean {
  return (
    error instanceof ContractFailure && ['mission_not_found', 'transition_not_allowed'].includes(error.code)
  );
}
