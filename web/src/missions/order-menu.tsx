'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { Menu } from '@base-ui/react/menu';
import { Check, ListTree } from 'lucide-react';
import { classes } from '@/ui/classes';
import { cycleOf } from './graph/cycle';

export interface TaskEdits {
  readonly onConnect: (taskId: string, dependsOn: string) => void;
  readonly onDisconnect: (taskId: string, dependsOn: string) => void;
  readonly onRemove: (taskId: string) => void;
}

/** What a task waits for, to be changed without drawing; what would go in a circle cannot be chosen, and says so. */
export function OrderMenu({
  task,
  tasks,
  edits,
}: {
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly edits: TaskEdits;
}) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Order of ${task.key}`}
        title="Change what it waits for"
        className="mr-2 flex size-8 shrink-0 items-center justify-center rounded-control text-dim hover:bg-raised hover:text-ink"
      >
        <ListTree aria-hidden className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="max-h-96 w-80 animate-appear overflow-y-auto rounded-card border border-line bg-overlay p-1.5 shadow-float outline-none">
            <Menu.Group>
              <Menu.GroupLabel className="px-2 py-1 text-12 font-semibold text-dim">
                Begins after
              </Menu.GroupLabel>
              {tasks
                .filter(({ id }) => id !== task.id)
                .map((other) => (
                  <Other key={other.id} other={other} task={task} tasks={tasks} edits={edits} />
                ))}
            </Menu.Group>
            {task.attempts === 0 && (
              <>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Menu.Item
                  onClick={() => edits.onRemove(task.id)}
                  className="cursor-default rounded-control px-2 py-1 text-bad outline-none data-highlighted:bg-raised"
                >
                  Remove this task
                </Menu.Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Other({
  other,
  task,
  tasks,
  edits,
}: {
  readonly other: Task;
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly edits: TaskEdits;
}) {
  const isBefore = task.dependsOn.includes(other.id);
  const circle = isBefore ? null : cycleOf(tasks, task.id, other.id);
  return (
    <Menu.CheckboxItem
      checked={isBefore}
      disabled={circle !== null}
      onCheckedChange={(checked) => (checked ? edits.onConnect : edits.onDisconnect)(task.id, other.id)}
      className={classes(
        'flex cursor-default items-start gap-2 rounded-control px-2 py-1 outline-none data-highlighted:bg-raised',
        circle && 'text-dim',
      )}
    >
      <Check aria-hidden className={classes('mt-0.5 size-4 shrink-0', !isBefore && 'invisible')} />
      <span className="min-w-0">
        <span className="block truncate" title={other.title}>
          {other.title}
        </span>
        {circle && <span className="block text-12 break-words">A circle: {circle.join(' → ')}</span>}
      </span>
    </Menu.CheckboxItem>
  );
}
