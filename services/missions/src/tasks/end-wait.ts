import type { StateReason } from '@aether/contracts/mission-schemas';
import type { OpenMission } from '../missions/open-mission.js';
import type { TaskRow } from './task.entity.js';

/** Ends a wait that took too long: work that can be tried again is, and the rest fails with the reason. */
export function endWaitOfTask(open: OpenMission, task: TaskRow, attemptsMax: number): void {
  const reason = reasonOf(task);
  if (!reason) return;
  const again = task.state === 'running' && task.attempts < attemptsMax;
  if (task.state === 'running')
    task.feedback = [...task.feedback, `The attempt before yours: ${reason.cause}`];
  task.become(again ? 'waiting' : 'failed', {
    reason,
    waitsFor: again ? null : 'a person to retry or cancel it',
  });
  open.taskBecause(task, reason.cause);
  open.note({
    kind: 'state',
    text: `"${task.title}" ${again ? 'goes back' : 'failed'}: ${reason.cause}`,
    taskId: task.id,
  });
}

function reasonOf({
  state,
  agentName,
  workS,
  approvedAttemptId,
  attemptId,
  waitsFor,
}: TaskRow): StateReason | null {
  switch (state) {
    case 'running':
      return {
        code: 'attempt_timeout',
        cause: `${agentName ?? 'The agent'} did not end within ${Math.ceil((workS ?? 0) / 60)} minutes.`,
        remedy: 'Make the task smaller or allow it more time, then retry it.',
      };
    case 'asking':
      return {
        code: 'question_timeout',
        cause: 'Nobody answered its question in time.',
        remedy: 'Retry it, with the answer as the comment.',
      };
    case 'reported':
      return {
        code:
          approvedAttemptId === attemptId || waitsFor === 'the merge' ? 'merge_timeout' : 'review_timeout',
        cause: `Its work waited too long for ${waitsFor ?? 'somebody'}.`,
        remedy: 'What was done is kept; retry it.',
      };
    default:
      return null;
  }
}
