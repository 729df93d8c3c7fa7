import { isOver, type GraphTask } from './graph-task';

/** Ids of the tasks that decide how long the rest takes, first to last: the longest chain of what is not done. */
export function criticalPath(tasks: readonly GraphTask[]): readonly string[] {
  const open = tasks.filter((task) => !isOver(task));
  const after = new Map<string, GraphTask[]>();
  for (const task of open) for (const id of task.dependsOn) after.set(id, [...(after.get(id) ?? []), task]);

  const lengths = new Map<string, number>();
  const lengthOf = (task: GraphTask): number => {
    const known = lengths.get(task.id);
    if (known !== undefined) return known;
    // Of a circle, which the services refuse, each task counts once.
    lengths.set(task.id, task.estimateMinutes);
    const length = task.estimateMinutes + Math.max(0, ...(after.get(task.id) ?? []).map(lengthOf));
    lengths.set(task.id, length);
    return length;
  };
  const longest = (candidates: readonly GraphTask[]) =>
    candidates.reduce<GraphTask | undefined>(
      (best, task) => (!best || lengthOf(task) > lengthOf(best) ? task : best),
      undefined,
    );

  const path: string[] = [];
  let next = longest(open);
  while (next && !path.includes(next.id)) {
    path.push(next.id);
    next = longest(after.get(next.id) ?? []);
  }
  return path.length > 1 ? path : [];
}

/** Minutes that the rest takes at least, if every estimate is right. */
export const criticalMinutes = (tasks: readonly GraphTask[]): number => {
  const path = new Set(criticalPath(tasks));
  const open = tasks.filter((task) => !isOver(task));
  const onPath = open.filter(({ id }) => path.has(id));
  return onPath.length > 0
    ? onPath.reduce((sum, { estimateMinutes }) => sum + estimateMinutes, 0)
    : Math.max(0, ...open.map(({ estimateMinutes }) => estimateMinutes));
};
