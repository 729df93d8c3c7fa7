'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { AgentMark } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { StateBadge, Tag } from '@/ui/state';
import type { GraphTask } from './graph/graph-task';
import { OrderMenu, type TaskEdits } from './order-menu';

/** Each task behind those it waits for. */
export function inOrder<T extends GraphTask>(tasks: readonly T[]): readonly T[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<T>();
  const visit = (task: T, path: ReadonlySet<string>) => {
    if (ordered.has(task) || path.has(task.id)) return;
    for (const id of task.dependsOn) {
      const needed = byId.get(id);
      if (needed) visit(needed, new Set([...path, task.id]));
    }
    ordered.add(task);
  };
  // Ids grow with time.
  for (const task of [...tasks].sort((a, b) => a.id.localeCompare(b.id))) visit(task, new Set());
  return [...ordered];
}

/** The graph as rows, for reading, for screen readers and for phones; with `edits` it can be changed there as well. */
export function TaskList({
  tasks,
  selected,
  onSelect,
  edits,
}: {
  readonly tasks: readonly Task[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly edits?: TaskEdits;
}) {
  const keys = new Map(tasks.map(({ id, key }) => [id, key]));
  return (
    <ol className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
      {inOrder(tasks).map((task) => (
        <li key={task.id} className="flex items-center">
          <button
            type="button"
            onClick={() => onSelect(task.id)}
            aria-current={task.id === selected || undefined}
            className={classes(
              'flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5 text-left hover:bg-raised',
              task.id === selected && 'bg-accent-quiet',
            )}
          >
            {task.agentName ? (
              <AgentMark name={task.agentName} />
            ) : (
              <span aria-hidden className="size-7 rounded-control border border-dashed border-line" />
            )}
            <span className="min-w-0 flex-1 basis-48">
              <span className="block truncate font-medium" title={task.title}>
                {task.title}
              </span>
              <span className="block truncate text-12 text-dim">
                <span className="font-mono">{task.key}</span>
                {task.dependsOn.length > 0 && (
                  <> after {task.dependsOn.map((id) => keys.get(id) ?? '?').join(', ')}</>
                )}
              </span>
            </span>
            <span className="hidden gap-1 lg:flex">
              {task.requires.map((name) => (
                <Tag key={name}>{name}</Tag>
              ))}
            </span>
            <StateBadge state={task.state} />
          </button>
          {edits && task.state === 'waiting' && <OrderMenu task={task} tasks={tasks} edits={edits} />}
        </li>
      ))}
    </ol>
  );
}
