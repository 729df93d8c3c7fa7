import type { Task } from '@aether/contracts/mission-schemas';

type Node = Pick<Task, 'id' | 'key' | 'dependsOn'>;

/** Keys along the circle that would come about if `taskId` waited for `dependsOn`; null where none would. */
export function cycleOf(tasks: readonly Node[], taskId: string, dependsOn: string): readonly string[] | null {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const walk = (id: string, path: readonly string[]): readonly string[] | null => {
    const task = byId.get(id);
    if (!task || path.includes(task.key)) return null;
    const way = [...path, task.key];
    if (id === taskId) return way;
    for (const next of task.dependsOn) {
      const found = walk(next, way);
      if (found) return found;
    }
    return null;
  };
  const found = walk(dependsOn, []);
  return found && [found.at(-1) ?? '', ...found];
}
