import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { endWaitOfTask } from '../tasks/end-wait.js';
import type { MissionsConfig } from '../config.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { budgetReached } from './budget.js';
import { MissionDesk } from './mission-desk.js';
import { MissionRepository } from './mission.repository.js';
import type { OpenMission } from './open-mission.js';

const EVERY_MS = 5_000;
const AT_ONCE = 100;
/** Whoever carries an attempt out knows more of it, and ends it first where it lives. */
const TASK_GRACE_S = 60;

/** Ends every wait in time; the rows keep the times, so that any instance can, whenever it was started. */
@Injectable()
export class Deadlines implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly periodic: Periodic;

  constructor(
    private readonly missions: MissionRepository,
    private readonly desk: MissionDesk,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: MissionsConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.periodic = new Periodic({
      everyMs: EVERY_MS,
      work: () => this.sweep(),
      reportFault: (err) => this.logger.warn({ err }, 'deadlines of missions cannot be looked at now'),
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic.stop();
  }

  private async sweep(): Promise<void> {
    const graceEnd = new Date(this.clock.now().getTime() - TASK_GRACE_S * 1_000);
    // One that cannot be ended does not hold up the others.
    for (const id of await this.missions.overdue(AT_ONCE)) await this.end(id, endWait);
    for (const id of await this.missions.withOverdueTasks(graceEnd, AT_ONCE))
      await this.end(id, (open) => {
        for (const task of open.tasks)
          if (task.deadlineAt && task.deadlineAt < graceEnd)
            endWaitOfTask(open, task, this.config.TASK_ATTEMPTS_MAX);
      });
  }

  private async end(id: string, work: (open: OpenMission) => void): Promise<void> {
    await this.desk
      .changeBySelf(id, work)
      .catch((err: unknown) => this.logger.error({ err, missionId: id }, 'a wait could not be ended'));
  }
}

/** Looked at again under the lock: somebody may have been faster. */
function endWait(open: OpenMission): void {
  const { mission } = open;
  if (!mission.deadlineAt || mission.deadlineAt > open.now) return;
  const waited = mission.waitsFor ?? 'something';
  switch (mission.state) {
    case 'planning':
      return open.draft({
        code: 'planning_timeout',
        cause: 'Jason did not make a plan in time.',
        remedy: 'Check the model provider, then ask for a plan again, or add tasks by hand.',
      });
    case 'running':
      return open.paused(
        budgetReached(mission, open.now) ?? {
          code: 'mission_timeout',
          cause: 'The mission has run for as long as it may.',
          remedy: 'Look at what is slow, then resume it.',
        },
      );
    case 'finishing':
      return mission.end('completed', {
        at: open.now,
        reason: {
          code: 'report_missing',
          cause: 'Every task has ended, but nobody wrote the report in time.',
          remedy: 'See the receipts of the tasks; they hold what was done.',
        },
      });
    default:
      return open.cancelled({
        code: 'expired',
        cause: `The mission waited too long for ${waited}.`,
        remedy: 'Create another mission from its goal.',
      });
  }
}
