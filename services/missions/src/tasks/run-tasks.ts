import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { StateReason, Task } from '@aether/contracts/mission-schemas';
import { requireService } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { budgetReached } from '../missions/budget.js';
import type { OpenMission } from '../missions/open-mission.js';
import { EnforceBudget } from '../organisation/enforce-budget.js';
import { OrganisationBudgets } from '../organisation/organisation-budget.js';
import { TaskDesk, expectState } from './task-desk.js';
import type { TaskRow } from './task.entity.js';

type Requests = typeof missionsRequests;
type OfAttempt = Refusing<'task_not_found' | 'transition_not_allowed' | 'attempt_superseded'>;

/** An attempt's way through a task, told by the orchestrator. What comes from an attempt that lost it is refused. */
@Injectable()
export class RunTasks {
  constructor(
    private readonly desk: TaskDesk,
    private readonly organisation: OrganisationBudgets,
    private readonly enforcement: EnforceBudget,
  ) {}

  async claim(
    input: InputOf<Requests['claimTask']>,
    context: RequestContext<Requests['claimTask']>,
  ): Promise<OutputOf<Requests['claimTask']>> {
    requireService(context);
    const contract = missionsRequests.claimTask;
    const reached = await this.organisation.reached();
    if (reached) this.enforcement.wake();
    return this.desk.change({ contract, input, context }, (open, task) => {
      if (task.attemptId === input.attemptId && task.state === 'running') {
        // Its owner asks again, or somebody has taken the attempt over from a dead one.
        if (input.fence < task.fence) throw context.fail('attempt_superseded');
        task.fence = input.fence;
      } else {
        const used = reached ?? budgetReached(open.mission, open.now);
        if (!open.isReady(task) || used)
          throw context.fail('task_not_ready', { detail: whyNot(open, task, used) });
        if (input.fence <= task.fence) throw context.fail('attempt_superseded');
        task.become('running', {
          waitsFor: input.agentName,
          deadlineAt: new Date(input.deadlineAt),
        });
        task.workS = secondsUntil(input.deadlineAt, open.now);
        task.attempts += 1;
        task.attemptId = input.attemptId;
        task.fence = input.fence;
        task.agentName = input.agentName;
        task.receipt = null;
        open.mission.spentAttempts += 1;
        open.note({ kind: 'state', text: `${input.agentName} begins "${task.title}".`, taskId: task.id });
      }
      return () => ({
        task: task.reply(),
        mission: open.mission.reply(),
        dependencies: task.dependsOn.flatMap((id) => open.task(id)?.reply() ?? []),
      });
    });
  }

  async ask(
    input: InputOf<Requests['askPerson']>,
    context: RequestContext<Requests['askPerson']>,
  ): Promise<Task> {
    requireService(context);
    const contract = missionsRequests.askPerson;
    return this.desk.change({ contract, input, context }, (open, task) => {
      holds(task, input, context);
      expectState(task, ['running'], context);
      task.become('asking', {
        waitsFor: 'an answer by a person',
        deadlineAt: new Date(input.deadlineAt),
        reason: { code: 'question', cause: input.question, remedy: 'Answer it.' },
      });
      open.note({ kind: 'question', text: input.question, taskId: task.id, author: agentOf(task) });
      return () => task.reply();
    });
  }

  async report(input: InputOf<Requests['reportTask']>, context: OfAttempt): Promise<Task> {
    requireService(context);
    const contract = missionsRequests.reportTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      holds(task, input, context);
      expectState(task, ['running'], context);
      task.become('reported', open.reviewed());
      task.receipt = input.receipt;
      open.note({ kind: 'receipt', text: input.receipt.summary, taskId: task.id, author: agentOf(task) });
      return () => task.reply();
    });
  }

  async accept(
    input: InputOf<Requests['acceptTask']>,
    context: RequestContext<Requests['acceptTask']>,
  ): Promise<OutputOf<Requests['acceptTask']>> {
    requireService(context);
    const contract = missionsRequests.acceptTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      holds(task, input, context);
      expectState(task, ['reported'], context);
      if (!task.isProven) throw context.fail('checks_failed');
      if (open.mission.acceptance === 'person' && task.approvedAttemptId !== input.attemptId)
        throw context.fail('review_missing');
      task.become('accepted');
      if (task.receipt) task.receipt = { ...task.receipt, mergeCommit: input.mergeCommit };
      open.note({ kind: 'state', text: `"${task.title}" is accepted.`, taskId: task.id });
      const ready = open.tasks.filter((other) => other.dependsOn.includes(task.id) && open.isReady(other));
      return () => ({
        task: task.reply(),
        ready: ready.map((other) => other.reply()),
        mission: open.mission.reply(),
      });
    });
  }

  async release(input: InputOf<Requests['releaseTask']>, context: OfAttempt): Promise<Task> {
    requireService(context);
    const contract = missionsRequests.releaseTask;
    return this.desk.change({ contract, input, context }, (open, task) => {
      holds(task, input, context);
      expectState(task, ['running', 'asking', 'reported'], context);
      const again = input.outcome === 'again';
      task.become(again ? 'waiting' : 'failed', {
        reason: input.reason,
        waitsFor: again ? null : 'a person to retry or cancel it',
      });
      if (input.lesson) task.feedback = [...task.feedback, input.lesson];
      open.taskBecause(task, input.reason.cause);
      open.note({
        kind: 'state',
        text: `"${task.title}" ${again ? 'goes back' : 'failed'}: ${input.reason.cause}`,
        taskId: task.id,
      });
      return () => task.reply();
    });
  }
}

function holds(
  task: TaskRow,
  { attemptId, fence }: { attemptId: string; fence: number },
  context: OfAttempt,
): void {
  const isLost = task.state === 'waiting' || task.attemptId !== attemptId || task.fence !== fence;
  if (isLost) throw context.fail('attempt_superseded');
}

const secondsUntil = (at: string, now: Date) =>
  Math.max(1, Math.round((Date.parse(at) - now.getTime()) / 1_000));

function whyNot(open: OpenMission, task: TaskRow, used: StateReason | null): string {
  if (task.state !== 'waiting') return `The task "${task.key}" is ${task.state}.`;
  if (open.mission.state !== 'running') return `Its mission is ${open.mission.state}.`;
  return used?.cause ?? `It waits for ${task.waitsFor ?? 'other tasks'}.`;
}

function agentOf({ agentName, attemptId }: TaskRow) {
  return { type: 'agent' as const, id: attemptId ?? '', name: agentName ?? 'agent' };
}
