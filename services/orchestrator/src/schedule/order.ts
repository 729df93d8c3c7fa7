import type { Priority, ReadyTask } from '@aether/contracts/mission-schemas';

/** In minutes of the critical path that a higher priority is worth. */
const WORTH: Readonly<Record<Priority, number>> = { low: -60, normal: 0, high: 60, urgent: 240 };

/**
 * First what the longest chain of work waits for; a task gains a minute for each minute it has been there, so that
 * none starves.
 */
export function inOrder(ready: readonly ReadyTask[], now: Date): ReadyTask[] {
  const urgency = ({ mission, chainMinutes, updatedAt }: ReadyTask) =>
    WORTH[mission.priority] + chainMinutes + (now.getTime() - Date.parse(updatedAt)) / 60_000;
  return ready
    .map((task) => ({ task, urgency: urgency(task) }))
    .sort((a, b) => b.urgency - a.urgency || a.task.id.localeCompare(b.task.id))
    .map(({ task }) => task);
}
