import type { Receipt } from '@aether/contracts/mission-schemas';
import { missionsRequests } from '@aether/contracts/missions';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { Turnstile } from '../../git/turnstile.js';
import type { AttemptRow } from '../attempt.entity.js';
import { broken, Checks, tell } from '../checks.js';
import { contextOf } from '../context.js';
import { Places } from '../places.js';
import { fail, go, type Next, type Step } from '../step.js';

/**
 * Brings the work into the mission's branch. Where others have merged meanwhile, the checks pass on the merge as well
 * before the branch moves: what is right alone may be wrong together.
 */
@Injectable()
export class MergeWork implements Step {
  constructor(
    private readonly places: Places,
    private readonly turnstile: Turnstile,
    private readonly checks: Checks,
  ) {}

  async run(attempt: AttemptRow, signal: AbortSignal): Promise<Next> {
    const { mission, task } = attempt.claimed;
    const { commit, base, receipt } = attempt;
    const repository = await this.places.repositoryOf(mission);
    const { branch } = mission;
    if (!repository || !branch || !commit || !receipt || commit === base) return go('accepting');
    const message = `Merge ${task.key}: ${task.title}\n\nAgent: ${attempt.agent.name}\nAttempt: ${attempt.id}`;
    const order = { branch, commit, message };
    const hasChecks = this.checks.of(attempt).length > 0;
    try {
      const merged = await (hasChecks
        ? repository.merge({
            ...order,
            inspect: (merge) => this.inspect(attempt, { merge, signal }),
          })
        : this.turnstile.pass(`merge:${mission.id}`, () => repository.merge(order)));
      if ('conflicts' in merged) return conflict(attempt, merged.conflicts);
      attempt.receipt = { ...receipt, mergeCommit: merged.commit };
      return go('accepting');
    } catch (error) {
      if (error instanceof BrokenTogether) return brokenTogether(attempt, error.results);
      throw error;
    }
  }

  private async inspect(
    attempt: AttemptRow,
    { merge, signal }: { merge: string; signal: AbortSignal },
  ): Promise<void> {
    const worktree = this.places.worktreeOf(attempt);
    try {
      await worktree.restore(merge);
      const wrong = broken(await this.checks.run(attempt, signal));
      if (wrong.length > 0) throw new BrokenTogether(wrong);
    } finally {
      if (attempt.commit) await worktree.restore(attempt.commit);
    }
  }
}

class BrokenTogether extends Error {
  constructor(readonly results: Receipt['checks']) {
    super('the checks fail on the merge');
  }
}

function conflict({ number }: AttemptRow, conflicts: readonly string[]): Next {
  const files = conflicts.slice(0, 10).join(', ');
  return fail(
    {
      code: 'merge_conflict',
      cause: `The work conflicts with what was merged meanwhile, in ${files}.`,
      remedy: 'Nothing: another attempt begins with both sides.',
    },
    `The work of attempt ${number} is good in itself and conflicts with what was merged meanwhile, in ${files}. Both sides are in your directory.`,
  );
}

function brokenTogether({ number }: AttemptRow, results: Receipt['checks']): Next {
  const { cause, lesson } = tell(results);
  return fail(
    {
      code: 'broken_together',
      cause: `${cause} on the work together with what was merged meanwhile; alone it passes.`,
      remedy: 'Nothing: another attempt begins with both sides.',
    },
    `The work of attempt ${number} is good in itself, but not together with what was merged meanwhile. Both are in your directory.\n${lesson}`,
  );
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
