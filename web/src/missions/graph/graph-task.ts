import type { TaskMoment } from '@aether/contracts/mission-history';
import type { Task } from '@aether/contracts/mission-schemas';

/** What the graph shows of a task; one of the past has no time of its own. */
export type GraphTask = Pick<
  TaskMoment,
  'id' | 'key' | 'title' | 'state' | 'dependsOn' | 'agentName' | 'attempts' | 'estimateMinutes'
> &
  Partial<Pick<Task, 'updatedAt'>>;

export const isOver = ({ state }: GraphTask): boolean => state === 'accepted' || state === 'cancelled';

/** Keys of what a task still waits for. */
export const missingFor = (task: GraphTask, byId: ReadonlyMap<string, GraphTask>): readonly string[] =>
  task.dependsOn.flatMap((id) => {
    const needed = byId.get(id);
    return needed && needed.state !== 'accepted' ? [needed.key] : [];
  });
