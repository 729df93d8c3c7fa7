import { Injectable } from '@nestjs/common';
import type { AttemptRow } from '../attempt.entity.js';
import { Checks } from '../checks.js';
import { Places } from '../places.js';
import { go, type Next, type Step } from '../step.js';

/** Runs the acceptance checks on what the attempt made. */
@Injectable()
export class Check implements Step {
  constructor(
    private readonly places: Places,
    private readonly checks: Checks,
  ) {}

  async run(attempt: AttemptRow, signal: AbortSignal): Promise<Next> {
    const checks = await this.checks.run(attempt, signal);
    if (!attempt.receipt) throw new Error('what is checked was collected before');
    const cleanTree = attempt.base ? await this.leavesNothing(attempt) : true;
    attempt.receipt = { ...attempt.receipt, checks, cleanTree: attempt.receipt.cleanTree && cleanTree };
    return go('reporting');
  }

  /** What checks leave behind, such as build output, is not part of the work: it is taken away again. */
  private async leavesNothing(attempt: AttemptRow): Promise<boolean> {
    const worktree = this.places.worktreeOf(attempt);
    if (attempt.commit) await worktree.restore(attempt.commit);
    return worktree.isClean();
  }
}
