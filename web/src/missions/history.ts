import type { HistoryEntry, TaskMoment } from '@aether/contracts/mission-history';
import type { MissionState } from '@aether/contracts/mission-schemas';

/** A mission as it was at some moment. */
export interface MissionMoment {
  readonly state: MissionState | null;
  readonly tasks: readonly TaskMoment[];
}

/** What the entries, oldest first, come to. */
export function momentOf(entries: readonly HistoryEntry[]): MissionMoment {
  const tasks = new Map<string, TaskMoment>();
  let state: MissionState | null = null;
  for (const { change } of entries) {
    if (change.kind === 'mission') state = change.state;
    else if (change.kind === 'task') tasks.set(change.task.id, change.task);
    else {
      tasks.delete(change.taskId);
      for (const [id, task] of tasks)
        if (task.dependsOn.includes(change.taskId))
          tasks.set(id, { ...task, dependsOn: task.dependsOn.filter((each) => each !== change.taskId) });
    }
  }
  return { state, tasks: [...tasks.values()] };
}

/** How many of the entries had happened then. */
export const countUntil = (entries: readonly HistoryEntry[], at: number): number =>
  entries.findLastIndex((entry) => Date.parse(entry.at) <= at) + 1;

export interface PlanChanges {
  /** What it is compared with. */
  readonly since: 'the proposal' | 'the plan before';
  readonly added: ReadonlySet<string>;
  /** What of a task is different, by its id. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
  readonly removed: readonly TaskMoment[];
}

/** How the plan differs from the one before it, or, where it is the first, from what was proposed. */
export function planChanges(entries: readonly HistoryEntry[]): PlanChanges | null {
  const became = (state: MissionState, before = entries.length) =>
    entries.findLastIndex(
      ({ change }, at) => at < before && change.kind === 'mission' && change.state === state,
    );
  const proposed = became('proposed');
  if (proposed < 0) return null;
  const asked = became('planning', proposed);
  const former = asked < 0 ? [] : momentOf(entries.slice(0, asked)).tasks;
  const base = former.length > 0 ? former : momentOf(entries.slice(0, proposed)).tasks;
  const present = momentOf(entries).tasks;
  const known = new Map(base.map((task) => [task.key, task]));
  const keys = new Set(present.map(({ key }) => key));
  const changed = present.flatMap((task) => {
    const old = known.get(task.key);
    const different = old ? differences({ task: old, among: base }, { task, among: present }) : [];
    return different.length > 0 ? [[task.id, different] as const] : [];
  });
  return {
    since: former.length > 0 ? 'the plan before' : 'the proposal',
    added: new Set(present.filter(({ key }) => !known.has(key)).map(({ id }) => id)),
    changed: new Map(changed),
    removed: base.filter(({ key }) => !keys.has(key)),
  };
}

interface Placed {
  readonly task: TaskMoment;
  readonly among: readonly TaskMoment[];
}

function differences(old: Placed, now: Placed): string[] {
  const neededBy = ({ task, among }: Placed) =>
    among
      .filter(({ id }) => task.dependsOn.includes(id))
      .map(({ key }) => key)
      .sort()
      .join();
  return [
    old.task.title !== now.task.title && 'title',
    old.task.instructionsSha256 !== now.task.instructionsSha256 && 'instructions',
    old.task.requires.join() !== now.task.requires.join() && 'capabilities',
    old.task.estimateMinutes !== now.task.estimateMinutes && 'estimate',
    neededBy(old) !== neededBy(now) && 'order',
  ].filter((name) => name !== false);
}
