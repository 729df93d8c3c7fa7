import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import { MAX_TASKS, type Mission, type PlannedTask, type Task } from '@aether/contracts/mission-schemas';
import { requirePermission, requireService } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { MissionDesk } from '../missions/mission-desk.js';
import type { OpenMission } from '../missions/open-mission.js';
import { missing } from '../missions/steer-mission.js';
import { findCycle } from './graph.js';
import { TaskDesk } from './task-desk.js';
import { TaskRow } from './task.entity.js';

type Requests = typeof missionsRequests;
type Graph = Refusing<
  | 'dependency_cycle'
  | 'dependency_unknown'
  | 'task_key_taken'
  | 'too_many_tasks'
  | 'task_begun'
  | 'transition_not_allowed'
>;
type OfTask = Graph & Refusing<'task_not_found'>;
type TaskChange = Requests['updateTask' | 'removeTask' | 'connectTasks' | 'disconnectTasks'];

/** Changes of the graph, by people and by Jason's plans; the rules of the graph hold after each. */
@Injectable()
export class EditTasks {
  constructor(
    private readonly desk: MissionDesk,
    private readonly tasks: TaskDesk,
  ) {}

  /** Replaces every task that was not begun by those of the plan. */
  async propose(
    input: InputOf<Requests['proposePlan']>,
    context: RequestContext<Requests['proposePlan']>,
  ): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.proposePlan;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      const { mission } = open;
      if (mission.state !== 'planning')
        throw context.fail('transition_not_allowed', {
          detail: `The mission is ${mission.state} and asks for no plan.`,
        });
      for (const task of open.tasks) if (task.state === 'waiting') open.remove(task, 'another plan');
      addTasks(open, { planned: input.tasks, context });
      acyclic(open, context);
      if (input.title) mission.title = input.title;
      open.note({ kind: 'plan', text: input.note, data: { demo: input.demo, tasks: input.tasks.length } });
      open.proposed();
      if (mission.autonomy === 'auto') open.running();
      return () => mission.reply();
    });
  }

  async add(
    input: InputOf<Requests['addTask']>,
    context: Graph & Refusing<'mission_not_found'>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.addTask;
    const { missionId, blocks, ...planned } = input;
    return this.desk.change({ contract, input, context }, missing(missionId, context), (open) => {
      expectEditable(open, context);
      const [task] = addTasks(open, { planned: [planned], context }) as [TaskRow];
      for (const key of blocks) {
        const blocked = open.tasks.find((other) => other.key === key);
        if (!blocked) throw context.fail('dependency_unknown', { detail: `There is no task "${key}".` });
        waiting(blocked, context);
        blocked.dependsOn = [...new Set([...blocked.dependsOn, task.id])];
      }
      acyclic(open, context);
      return () => task.reply();
    });
  }

  async update(input: InputOf<Requests['updateTask']>, context: OfTask): Promise<Task> {
    const contract = missionsRequests.updateTask;
    return this.changeTask({ contract, input, context }, (_open, task) => {
      Object.assign(task, input);
    });
  }

  async remove(input: InputOf<Requests['removeTask']>, context: OfTask): Promise<Task> {
    const contract = missionsRequests.removeTask;
    return this.changeTask({ contract, input, context }, (open, task) => {
      open.remove(task);
    });
  }

  async connect(input: InputOf<Requests['connectTasks']>, context: OfTask): Promise<Task> {
    const contract = missionsRequests.connectTasks;
    return this.changeTask({ contract, input, context }, (open, task) => {
      if (!open.task(input.dependsOn))
        throw context.fail('dependency_unknown', { detail: 'The mission has no task with this id.' });
      task.dependsOn = [...new Set([...task.dependsOn, input.dependsOn])];
      acyclic(open, context);
    });
  }

  async disconnect(input: InputOf<Requests['disconnectTasks']>, context: OfTask): Promise<Task> {
    const contract = missionsRequests.disconnectTasks;
    return this.changeTask({ contract, input, context }, (_open, task) => {
      task.dependsOn = task.dependsOn.filter((id) => id !== input.dependsOn);
    });
  }

  private async changeTask<C extends TaskChange>(
    change: { contract: C; input: InputOf<C>; context: OfTask },
    work: (open: OpenMission, task: TaskRow) => void,
  ): Promise<OutputOf<C>> {
    requirePermission(change.context, 'missions:write');
    return this.tasks.change(change, (open, task) => {
      expectEditable(open, change.context);
      waiting(task, change.context);
      work(open, task);
      return () => task.reply() as OutputOf<C>;
    });
  }
}

/**
 * Puts planned tasks into the graph, one for each; dependencies by key may name tasks that are there already.
 * Whether they form a cycle is looked at afterwards.
 */
export function addTasks(
  open: OpenMission,
  {
    planned,
    context,
  }: {
    planned: readonly PlannedTask[];
    context: Refusing<'dependency_unknown' | 'task_key_taken' | 'too_many_tasks'>;
  },
): TaskRow[] {
  if (open.tasks.length + planned.length > MAX_TASKS)
    throw context.fail('too_many_tasks', {
      detail: `There would be ${open.tasks.length + planned.length} tasks.`,
    });
  const ids = new Map(open.tasks.map(({ key, id }) => [key, id]));
  const named = planned.map((plan) => ({ ...plan, id: newId() }));
  for (const { key, id } of named) {
    if (ids.has(key))
      throw context.fail('task_key_taken', { detail: `There are two tasks with the key "${key}".` });
    ids.set(key, id);
  }
  const added = named.map((plan) => {
    const dependsOn = plan.dependsOn.map((key) => {
      const id = ids.get(key);
      if (!id)
        throw context.fail('dependency_unknown', {
          detail: `"${plan.key}" depends on "${key}", which is not there.`,
        });
      return id;
    });
    return newTask(open, { ...plan, dependsOn: [...new Set(dependsOn)] });
  });
  for (const task of added) open.add(task);
  return added;
}

function newTask(open: OpenMission, plan: PlannedTask & { id: string }): TaskRow {
  return Object.assign(new TaskRow(), {
    ...plan,
    missionId: open.mission.id,
    kind: 'work',
    state: 'waiting',
    reason: null,
    waitsFor: null,
    deadlineAt: null,
    workS: null,
    runningSince: null,
    attempts: 0,
    attemptId: null,
    fence: 0,
    approvedAttemptId: null,
    agentName: null,
    feedback: [],
    receipt: null,
    chainMinutes: plan.estimateMinutes,
    version: 0,
    createdAt: open.now,
    updatedAt: open.now,
  });
}

export function expectEditable({ mission }: OpenMission, context: Refusing<'transition_not_allowed'>): void {
  if (!mission.canBeEdited)
    throw context.fail('transition_not_allowed', {
      detail: `The tasks of a mission that is ${mission.state} cannot be changed.`,
    });
}

function waiting(task: TaskRow, context: Graph): void {
  if (task.state !== 'waiting')
    throw context.fail('task_begun', { detail: `The task "${task.key}" is ${task.state}.` });
}

function acyclic(open: OpenMission, context: Refusing<'dependency_cycle'>): void {
  const cycle = findCycle(open.tasks);
  if (cycle) throw context.fail('dependency_cycle', { detail: `The cycle: ${cycle.join(' → ')}.` });
}
