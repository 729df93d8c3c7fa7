import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../../config.js';
import { CLOCK, CONFIG } from '../../tokens.js';
import type { AttemptRow } from '../attempt.entity.js';
import { contextOf } from '../context.js';
import { abandon, go, type Next, type Step } from '../step.js';

/** Binds the task to the attempt, which counts as begun from then on. */
@Injectable()
export class ClaimTask implements Step {
  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    const deadlineAt = new Date(attempt.createdAt.getTime() + this.config.ATTEMPT_DEADLINE_S * 1_000);
    if (deadlineAt <= this.clock.now())
      return abandon({
        code: 'never_claimed',
        cause: 'The task could not be claimed in time.',
        remedy: 'Nothing: it is tried again.',
      });
    try {
      attempt.packet = await this.messaging.call(
        missionsRequests.claimTask,
        {
          id: attempt.taskId,
          attemptId: attempt.id,
          fence: attempt.number,
          agentName: attempt.agent.name,
          deadlineAt: deadlineAt.toISOString(),
        },
        contextOf(attempt, 'claim'),
      );
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'task_not_ready') throw error;
      return abandon({ code: error.code, cause: error.message, remedy: error.hint });
    }
    attempt.deadlineAt = deadlineAt;
    return go('preparing');
  }
}
