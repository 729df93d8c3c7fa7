import { isDeepStrictEqual } from 'node:util';
import type { DataOf, EventContract } from '@aether/contracts/contract';
import type { HistoryEntry } from '@aether/contracts/mission-history';
import { missionsEvents } from '@aether/contracts/missions';
import {
  TaskState,
  type MissionState,
  type StateReason,
  type Task,
  type ThreadEntry,
} from '@aether/contracts/mission-schemas';
import { newId } from '@aether/messaging/id';
import type { Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { ArtifactRow } from '../artifacts/artifact.entity.js';
import type { MissionsConfig } from '../config.js';
import { keepChanges, momentOf } from '../history/history.js';
import { SpendMeter } from '../organisation/spend-meter.js';
import { chainMinutes } from '../tasks/graph.js';
import { TaskRow } from '../tasks/task.entity.js';
import { EntryRow } from '../thread/entry.entity.js';
import { authorOf } from '../thread/author.js';
import { MissionRow, type Wait } from './mission.entity.js';

type NewEntry = Pick<ThreadEntry, 'kind' | 'text'> &
  Partial<Pick<ThreadEntry, 'taskId' | 'data' | 'author' | 'artifactIds'>>;

/** A mission with its tasks inside a transaction that holds its lock; `write` stores and tells what changed. */
export class OpenMission {
  readonly mission: MissionRow;
  private readonly rows: Map<string, TaskRow>;
  private readonly before: { mission: string; state: MissionState; tasks: Map<string, string> };
  private readonly meter: SpendMeter;
  private readonly reasons = new Map<string, string | null>();
  private readonly removed: TaskRow[] = [];
  private readonly entries: EntryRow[] = [];
  private readonly artifacts: ArtifactRow[] = [];
  private readonly tellings: (() => Promise<void>)[] = [];
  private why: string | null = null;

  constructor(
    private readonly given: {
      readonly tx: Transaction;
      readonly mission: MissionRow;
      readonly tasks: readonly TaskRow[];
      readonly clock: Clock;
      readonly config: MissionsConfig;
    },
  ) {
    this.mission = given.mission;
    this.meter = new SpendMeter(given.mission);
    this.rows = new Map(given.tasks.map((task) => [task.id, task]));
    this.before = {
      mission: JSON.stringify(this.mission),
      state: this.mission.state,
      tasks: new Map(given.tasks.map((task) => [task.id, JSON.stringify(task)])),
    };
  }

  get now(): Date {
    return this.given.clock.now();
  }

  /** In the order in which they were made. */
  get tasks(): readonly TaskRow[] {
    return [...this.rows.values()];
  }

  task(id: string): TaskRow | undefined {
    return this.rows.get(id);
  }

  add(task: TaskRow): void {
    this.rows.set(task.id, task);
  }

  /** What depended on it does so no longer. */
  remove(task: TaskRow, why: string | null = null): void {
    this.rows.delete(task.id);
    for (const other of this.rows.values()) other.dependsOn = other.dependsOn.filter((id) => id !== task.id);
    this.removed.push(task);
    this.reasons.set(task.id, why);
  }

  addArtifact(artifact: ArtifactRow): void {
    this.artifacts.push(artifact);
  }

  /** Why the mission changed, for its event and thread. */
  because(why: string | null): void {
    this.why = why;
  }

  taskBecause(task: TaskRow, why: string | null): void {
    this.reasons.set(task.id, why);
  }

  /** Tells of something beside the changes themselves, as it is when they are written. */
  publishLater<C extends EventContract>(contract: C, data: () => DataOf<C>): void {
    this.tellings.push(() => this.given.tx.publish(contract, data(), this.mission));
  }

  /** Adds to the thread of the mission. */
  note({ author, taskId = null, data = null, artifactIds = [], ...entry }: NewEntry): EntryRow {
    this.mission.lastSeq += 1;
    const row = Object.assign(new EntryRow(), {
      ...entry,
      taskId,
      data,
      artifactIds,
      id: newId(),
      missionId: this.mission.id,
      seq: this.mission.lastSeq,
      author: author ?? authorOf(this.given.tx.context.actor),
      at: this.now,
    });
    this.entries.push(row);
    return row;
  }

  /** Until when reported work waits: for a person where they are to review it, else for the merge. */
  reviewed(): Wait {
    return this.mission.acceptance === 'person' ? this.forPerson('a review by a person') : this.merged();
  }

  merged(): Wait {
    return this.until('the merge', this.given.config.MERGE_DEADLINE_S);
  }

  isReady(task: TaskRow): boolean {
    return (
      this.mission.state === 'running' &&
      task.state === 'waiting' &&
      task.dependsOn.every((id) => this.rows.get(id)?.state === 'accepted')
    );
  }

  draft(reason: StateReason | null = null): void {
    this.mission.wait('draft', this.forPerson('a plan'), reason);
  }

  planning(): void {
    this.mission.wait('planning', this.until('a plan by Jason', this.given.config.PLANNING_DEADLINE_S));
  }

  proposed(): void {
    this.mission.wait('proposed', this.forPerson('somebody to approve the plan'));
  }

  running(): void {
    this.mission.startedAt ??= this.now;
    this.mission.wait('running', this.untilItsBound());
  }

  /** The budget was changed: one that runs may now run longer, or less long. */
  budgetChanged(): void {
    if (this.mission.state === 'running') this.mission.deadlineAt = this.untilItsBound().deadlineAt;
  }

  paused(reason: StateReason, waitsFor = 'somebody to resume it'): void {
    this.mission.wait('paused', this.forPerson(waitsFor), reason);
  }

  /** Ends the mission and every task that has not ended. */
  cancelled(reason: StateReason): void {
    for (const task of this.rows.values()) if (task.canBecome('cancelled')) task.become('cancelled');
    this.mission.end('cancelled', { at: this.now, reason });
  }

  /** Stores every change with its events; the entries that were written. */
  async write(): Promise<readonly EntryRow[]> {
    const { tx } = this.given;
    this.settle();
    const tasks = this.tasks.filter((task) => this.before.tasks.get(task.id) !== JSON.stringify(task));
    const isChanged =
      tasks.length > 0 || this.removed.length > 0 || this.before.mission !== JSON.stringify(this.mission);
    const { manager } = tx;
    for (const task of this.removed) await manager.delete(TaskRow, { id: task.id });
    for (const task of tasks) {
      task.version += 1;
      task.updatedAt = this.now;
    }
    if (tasks.length > 0) await manager.upsert(TaskRow, tasks, ['id']);
    if (this.mission.state !== this.before.state)
      this.note({ kind: 'state', text: this.stateText(), data: { state: this.mission.state } });
    if (this.artifacts.length > 0) await manager.insert(ArtifactRow, this.artifacts);
    const { entries } = this;
    await keepChanges(tx, { missionId: this.mission.id, at: this.now, changes: this.changes(tasks) });
    if (entries.length > 0)
      await manager.insert(
        EntryRow,
        entries.map((row) => ({ ...row, data: row.data as object })),
      );
    if (!isChanged && entries.length === 0) return [];
    this.mission.version += 1;
    this.mission.updatedAt = this.now;
    await manager.update(MissionRow, { id: this.mission.id }, this.mission);
    await this.tell(tasks);
    await this.meter.write(tx, this.now);
    return entries;
  }

  /** For the history: what a person would see change. */
  private changes(changed: readonly TaskRow[]): HistoryEntry['change'][] {
    const moved = changed.flatMap((task) => {
      const was = this.before.tasks.get(task.id);
      const moment = momentOf(task);
      const isSame = was && isDeepStrictEqual(momentOf(JSON.parse(was) as TaskRow), moment);
      return isSame ? [] : [{ kind: 'task' as const, task: moment }];
    });
    const { state } = this.mission;
    return [
      ...this.removed.map(({ id }) => ({ kind: 'removed' as const, taskId: id })),
      ...moved,
      ...(state === this.before.state ? [] : [{ kind: 'mission' as const, state }]),
    ];
  }

  private async tell(tasks: readonly TaskRow[]): Promise<void> {
    const { publish, context } = this.given.tx;
    const who = authorOf(context.actor);
    const { mission } = this;
    for (const task of this.removed)
      await publish(
        missionsEvents.taskRemoved,
        { taskId: task.id, missionId: mission.id, who, why: this.reasons.get(task.id) ?? null },
        mission,
      );
    for (const task of tasks) {
      const was = this.before.tasks.get(task.id);
      const from = was === undefined ? null : (JSON.parse(was) as Task).state;
      const why = this.reasons.get(task.id) ?? null;
      await publish(missionsEvents.taskChanged, { task: task.reply(), from, who, why }, mission);
    }
    await publish(
      missionsEvents.missionChanged,
      { mission: mission.reply(), from: this.before.state, who, why: this.why },
      mission,
    );
    for (const telling of this.tellings) await telling();
    for (const entry of this.entries)
      await publish(missionsEvents.entryAdded, { entry: entry.reply() }, mission);
  }

  /** What follows from the states of the tasks: counts, chains, what each waits for, and whether all is done. */
  private settle(): void {
    const { mission } = this;
    const chains = chainMinutes(this.tasks);
    for (const task of this.tasks) {
      // What is accepted never changes again.
      if (task.state !== 'accepted') task.chainMinutes = chains.get(task.id) ?? task.estimateMinutes;
      if (task.state === 'waiting') task.waitsFor = this.waitOf(task);
      this.meter.measure(task, this.now);
    }
    if (mission.state === 'running') this.settleRunning();
    const counts = Object.fromEntries(TaskState.options.map((state) => [state, 0])) as Record<
      TaskState,
      number
    >;
    for (const { state } of this.tasks) counts[state] += 1;
    mission.tasks = counts;
  }

  private settleRunning(): void {
    const states = new Set(this.tasks.map(({ state }) => state));
    const isBusy = ['running', 'asking', 'reported'].some((state) => states.has(state as TaskState));
    if (isBusy || this.tasks.some((task) => this.isReady(task))) return;
    const stuck = this.tasks.find(({ state }) => state === 'failed');
    if (stuck || states.has('waiting'))
      return this.paused({
        code: 'tasks_stuck',
        cause: stuck
          ? `The task "${stuck.title}" failed, and nothing else can go on.`
          : 'What the waiting tasks depend on was cancelled.',
        remedy: 'Retry, change or cancel the task, then resume the mission.',
      });
    this.mission.wait('finishing', this.until('the report', this.given.config.PLANNING_DEADLINE_S));
  }

  private waitOf(task: TaskRow): string {
    const open = task.dependsOn.flatMap((id) => {
      const dependency = this.rows.get(id);
      return dependency && dependency.state !== 'accepted' ? [dependency.key] : [];
    });
    if (open.length > 0) return open.join(', ');
    return this.mission.state === 'running' ? 'an agent' : 'the start of the mission';
  }

  private stateText(): string {
    const { reason, state } = this.mission;
    return [`${this.before.state} → ${state}`, this.why, reason?.cause].filter(Boolean).join(': ');
  }

  /** The bound of minutes counts from the first start on; without one, each run has its own time. */
  private untilItsBound(): Wait {
    const { budget, startedAt } = this.mission;
    if (budget.wallMinutes === null || !startedAt)
      return this.until('its tasks', this.given.config.RUNNING_DEADLINE_S);
    return {
      waitsFor: 'its tasks',
      deadlineAt: new Date(startedAt.getTime() + budget.wallMinutes * 60_000),
    };
  }

  private forPerson(waitsFor: string): Wait {
    return this.until(waitsFor, this.given.config.PERSON_DEADLINE_S);
  }

  private until(waitsFor: string, seconds: number): Wait {
    return { waitsFor, deadlineAt: new Date(this.now.getTime() + seconds * 1_000) };
  }
}
