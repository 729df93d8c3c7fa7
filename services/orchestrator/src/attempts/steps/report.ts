import { missionsRequests } from '@aether/contracts/missions';
import type { Receipt } from '@aether/contracts/mission-schemas';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { AttemptRow, Ending } from '../attempt.entity.js';
import { broken, tell } from '../checks.js';
import { contextOf } from '../context.js';
import { abandon, fail, go, waitFor, type Next, type Step } from '../step.js';

const BOARD_OUTPUT_MAX = 1_000;
const BOARD_FILES_MAX = 100;

/** Hands the receipt over. Reported work is not accepted yet: what failed its checks goes back at once. */
@Injectable()
export class Report implements Step {
  constructor(private readonly messaging: Messaging) {}

  async run(attempt: AttemptRow): Promise<Next> {
    const { receipt, taskId, id: attemptId, number: fence } = attempt;
    if (!receipt) throw new Error('what is reported was collected before');
    await this.messaging.call(
      missionsRequests.reportTask,
      { id: taskId, attemptId, fence, receipt: forTheBoard(receipt) },
      contextOf(attempt, 'report'),
    );
    // Whoever reviews it may take their time.
    attempt.deadlineAt = null;
    const wrong = broken(receipt.checks);
    if (wrong.length > 0) return failed(wrong);
    if (!receipt.cleanTree)
      return fail({
        code: 'tree_not_clean',
        cause: 'Something in the worktree could not be committed.',
        remedy: 'Nothing: another attempt is made.',
      });
    return go(attempt.claimed.mission.acceptance === 'person' ? 'reviewing' : 'merging');
  }
}

/** Waits for a person's verdict, which comes as an event; the board sees to the deadline. */
@Injectable()
export class Review implements Step {
  run({ verdict, stop }: AttemptRow): Promise<Next> {
    return Promise.resolve(this.next(verdict, stop));
  }

  private next(verdict: AttemptRow['verdict'], stop: AttemptRow['stop']): Next {
    if (verdict === 'accept') return go('merging');
    if (verdict === 'send-back') return { kind: 'end', ending: SENT_BACK };
    // News of the task may come before the verdict that caused it.
    if (stop) return stop.code === 'task_waiting' ? { kind: 'end', ending: SENT_BACK } : abandon(stop);
    return waitFor('a review by a person', null);
  }
}

const SENT_BACK: Ending = {
  state: 'sent-back',
  reason: {
    code: 'sent_back',
    cause: 'The work was sent back.',
    remedy: 'Nothing: another attempt is made with the comment.',
  },
};

/** Tasks are shown by the hundred: what a check said at length stays in the receipt of the attempt. */
function forTheBoard(receipt: Receipt): Receipt {
  return {
    ...receipt,
    files: receipt.files.slice(0, BOARD_FILES_MAX),
    checks: receipt.checks.map((check) => ({ ...check, output: check.output.slice(-BOARD_OUTPUT_MAX) })),
  };
}

function failed(results: Receipt['checks']): Next {
  const { cause, lesson } = tell(results);
  return fail(
    {
      code: 'checks_failed',
      cause: `${cause}.`,
      remedy: 'Nothing: another attempt is made with what they said.',
    },
    `${cause}:\n${lesson}`,
  );
}
