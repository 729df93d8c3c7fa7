import type { Transaction } from '@aether/persistence/database';
import type { MissionRow } from '../missions/mission.entity.js';
import type { TaskRow } from '../tasks/task.entity.js';
import { addSpend } from './budget.repository.js';
import { monthOf } from './month.js';

/** What a mission uses during one change, to be added to what the organisation used. */
export class SpendMeter {
  private readonly before: { tokens: number; costUsd: number; attempts: number };
  private agentMinutes = 0;

  constructor(private readonly mission: MissionRow) {
    this.before = { tokens: mission.spentTokens, costUsd: mission.spentUsd, attempts: mission.spentAttempts };
  }

  /** Time in which an agent works on the task; while it asks a person, nobody does. */
  measure(task: TaskRow, now: Date): void {
    if (task.state === 'running') task.runningSince ??= now;
    else if (task.runningSince) {
      this.agentMinutes += (now.getTime() - task.runningSince.getTime()) / 60_000;
      task.runningSince = null;
    }
  }

  async write({ manager }: Transaction, now: Date): Promise<void> {
    const { mission, before, agentMinutes } = this;
    const used = {
      tokens: mission.spentTokens - before.tokens,
      costUsd: mission.spentUsd - before.costUsd,
      attempts: mission.spentAttempts - before.attempts,
      agentMinutes,
    };
    if (Object.values(used).some((amount) => amount > 0)) await addSpend(manager, monthOf(now), used);
  }
}
