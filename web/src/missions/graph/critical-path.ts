import type { Task } from '@aether/contracts/mission-schemas';

const isOver = ({ state }: Task) => state === 'accepted' || state === 'cancelled';

/** Ids of the tasks that decide how long the rest takes, first to last: the longest chain of what is not done. */
export function criticalPath(tasks: readonly Task[]): readonly string[] {
  const open = new Map(tasks.filter((task) => !isOver(task)).map((task) => [task.id, task]));
  const longest = (candidates: readonly Task[]) =>
    candidates.reduce<Task | undefined>(
      (best, task) => (!best || task.chainMinutes > best.chainMinutes ? task : best),
      undefined,
    );
  const path: string[] = [];
  let next = longest([...open.values()].filter(({ dependsOn }) => !dependsOn.some((id) => open.has(id))));
  while (next && !path.includes(next.id)) {
    const { id } = next;
    path.push(id);
    next = longest([...open.values()].filter(({ dependsOn }) => dependsOn.includes(id)));
  }
  return path.length > 1 ? path : [];
}
