import type { Receipt } from '@aether/contracts/mission-schemas';
import { Injectable } from '@nestjs/common';
import type { AttemptRow } from '../attempt.entity.js';
import { Places } from '../places.js';
import { environmentOf, runCommand } from '../run-command.js';
import { go, type Next, type Step } from '../step.js';

/** Runs the acceptance checks in the attempt's directory, one after the other, all of them. */
@Injectable()
export class Check implements Step {
  constructor(private readonly places: Places) {}

  async run(attempt: AttemptRow, signal: AbortSignal): Promise<Next> {
    const { mission, task } = attempt.claimed;
    const checks: Receipt['checks'] = [];
    for (const { name, command, timeoutS } of [...mission.checks, ...task.checks]) {
      const ended = await runCommand({
        command,
        directory: this.places.directoryOf(attempt),
        environment: environmentOf(attempt),
        timeoutS,
        signal,
      });
      // Ended by us: it says nothing about the work.
      signal.throwIfAborted();
      checks.push({ name, command, ...ended });
    }
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
