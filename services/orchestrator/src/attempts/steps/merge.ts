import { missionsRequests } from '@aether/contracts/missions';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { Turnstile } from '../../git/turnstile.js';
import type { AttemptRow } from '../attempt.entity.js';
import { contextOf } from '../context.js';
import { Places } from '../places.js';
import { fail, go, type Next, type Step } from '../step.js';

/** Brings the work into the mission's branch; one merge of a mission at a time. */
@Injectable()
export class MergeWork implements Step {
  constructor(
    private readonly places: Places,
    private readonly turnstile: Turnstile,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    const { mission, task } = attempt.claimed;
    const { commit, base, receipt } = attempt;
    const repository = await this.places.repositoryOf(mission);
    const { branch } = mission;
    if (!repository || !branch || !commit || !receipt || commit === base) return go('accepting');
    const message = `Merge ${task.key}: ${task.title}\n\nAgent: ${attempt.agent.name}\nAttempt: ${attempt.id}`;
    const merged = await this.turnstile.pass(`merge:${mission.id}`, () =>
      repository.merge({ branch, commit, message }),
    );
    if ('commit' in merged) {
      attempt.receipt = { ...receipt, mergeCommit: merged.commit };
      return go('accepting');
    }
    const files = merged.conflicts.slice(0, 10).join(', ');
    return fail(
      {
        code: 'merge_conflict',
        cause: `The work conflicts with what was merged meanwhile, in ${files}.`,
        remedy: 'Nothing: another attempt begins with both sides.',
      },
      `The work of attempt ${attempt.number} is good in itself and conflicts with what was merged meanwhile, in ${files}. Both sides are in your directory.`,
    );
  }
}

/** Has the task count as done, from which moment its dependents may begin. */
@Injectable()
export class Accept implements Step {
  constructor(private readonly messaging: Messaging) {}

  async run(attempt: AttemptRow): Promise<Next> {
    const { taskId, id: attemptId, number: fence, receipt } = attempt;
    await this.messaging.call(
      missionsRequests.acceptTask,
      { id: taskId, attemptId, fence, mergeCommit: receipt?.mergeCommit ?? null },
      contextOf(attempt, 'accept'),
    );
    return { kind: 'end', ending: { state: 'accepted', reason: null } };
  }
}
