import type { InputOf } from '@aether/contracts/contract';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import type { Task } from '@aether/contracts/mission-schemas';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { authorOf } from '../thread/author.js';
import { TaskDesk, expectState } from './task-desk.js';

type Requests = typeof missionsRequests;

/** What people decide about tasks that were begun. */
@Injectable()
export class JudgeTasks {
  constructor(private readonly desk: TaskDesk) {}

  /** Accepted work still has to be merged; sent-back work waits for another attempt. */
  async review(
    input: InputOf<Requests['reviewTask']>,
    context: RequestContext<Requests['reviewTask']>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.reviewTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      expectState(task, ['reported'], context);
      if (task.attemptId !== input.attemptId) throw context.fail('attempt_superseded');
      const { verdict, comment = null } = input;
      if (verdict === 'accept') {
        if (!task.isProven) throw context.fail('checks_failed');
        task.approvedAttemptId = task.attemptId;
        Object.assign(task, open.merged());
      } else {
        task.become('waiting');
        if (comment) task.feedback = [...task.feedback, comment];
      }
      open.taskBecause(task, comment);
      open.note({ kind: 'decision', text: comment ?? '', taskId: task.id, data: { verdict } });
      open.publishLater(missionsEvents.taskReviewed, () => ({
        task: task.reply(),
        verdict,
        comment,
        who: authorOf(context.actor),
        why: comment,
      }));
      return () => task.reply();
    });
  }

  async retry(
    input: InputOf<Requests['retryTask']>,
    context: RequestContext<Requests['retryTask']>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.retryTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      expectState(task, ['failed', 'cancelled'], context);
      if (!open.mission.canBeEdited)
        throw context.fail('transition_not_allowed', { detail: `Its mission is ${open.mission.state}.` });
      task.become('waiting');
      if (input.comment) task.feedback = [...task.feedback, input.comment];
      open.taskBecause(task, input.comment ?? 'retried');
      return () => task.reply();
    });
  }

  async cancel(
    input: InputOf<Requests['cancelTask']>,
    context: RequestContext<Requests['cancelTask']>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.cancelTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      if (!task.canBecome('cancelled'))
        throw context.fail('transition_not_allowed', { detail: `The task is ${task.state} for good.` });
      task.become('cancelled');
      open.taskBecause(task, input.why ?? null);
      return () => task.reply();
    });
  }

  async answer(
    input: InputOf<Requests['answerQuestion']>,
    context: RequestContext<Requests['answerQuestion']>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.answerQuestion;
    return this.desk.change({ contract, input, context }, (open, task) => {
      expectState(task, ['asking'], context);
      const deadlineAt = new Date(open.now.getTime() + (task.workS ?? 1) * 1_000);
      task.become('running', { waitsFor: task.agentName, deadlineAt });
      open.note({ kind: 'answer', text: input.text, taskId: task.id });
      open.publishLater(missionsEvents.questionAnswered, () => ({
        task: task.reply(),
        text: input.text,
        who: authorOf(context.actor),
        why: null,
      }));
      return () => task.reply();
    });
  }
}
