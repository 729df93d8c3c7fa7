'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import type { RouteInput } from '@aether/contracts/routes';
import { useChange } from '@/api/queries';
import { offerUndo } from '@/ui/undo';

/** A task as it was planned, with what it waits for and what waits for it, to be added again. */
function plannedAgain(task: Task, tasks: readonly Task[]): RouteInput<'POST /api/v1/tasks'> {
  const { missionId, key, title, instructions, requires, prefers, checks, estimateMinutes } = task;
  const keysOf = (found: readonly Task[]) => found.map((each) => each.key);
  return {
    ...{ missionId, key, title, instructions, requires, prefers, checks, estimateMinutes },
    dependsOn: keysOf(tasks.filter(({ id }) => task.dependsOn.includes(id))),
    blocks: keysOf(
      tasks.filter(({ state, dependsOn }) => state === 'waiting' && dependsOn.includes(task.id)),
    ),
  };
}

/** Changes of the graph of a mission; what they remove can be taken back for a while. */
export function usePlanEdits(tasks: readonly Task[]) {
  const refresh = ['GET /api/v1/tasks'] as const;
  const connect = useChange('POST /api/v1/tasks/{id}/dependencies', { refresh });
  const disconnect = useChange('DELETE /api/v1/tasks/{id}/dependencies/{dependsOn}', { refresh });
  const remove = useChange('DELETE /api/v1/tasks/{id}', { refresh });
  const add = useChange('POST /api/v1/tasks', { refresh });
  const titleOf = (taskId: string) => tasks.find(({ id }) => id === taskId)?.title ?? 'the task';
  /** What was shown may be gone by the end of the call; why it failed stands in its `error`. */
  const thenOffer = (change: Promise<unknown>, said: string, undo: () => unknown) =>
    void change.then(
      () => offerUndo(said, undo),
      () => undefined,
    );
  return {
    onConnect: (id: string, dependsOn: string) => connect.mutate({ id, dependsOn }),
    onDisconnect: (id: string, dependsOn: string) =>
      thenOffer(
        disconnect.mutateAsync({ id, dependsOn }),
        `“${titleOf(id)}” no longer waits for “${titleOf(dependsOn)}”.`,
        () => connect.mutateAsync({ id, dependsOn }),
      ),
    onRemove: (id: string) => {
      const task = tasks.find((each) => each.id === id);
      if (!task) return;
      const again = plannedAgain(task, tasks);
      thenOffer(remove.mutateAsync({ id }), `Removed “${task.title}”.`, () => add.mutateAsync(again));
    },
    isRemoving: remove.isPending,
    orderError: connect.error ?? disconnect.error,
    removeError: remove.error,
  };
}
