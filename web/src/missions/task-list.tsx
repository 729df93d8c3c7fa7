'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { AgentMark } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { StateBadge, Tag } from '@/ui/state';

/** Each task behind those it waits for. */
export function inOrder(tasks: readonly Task[]): readonly Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<Task>();
  const visit = (task: Task, path: ReadonlySet<string>) => {
    if (ordered.has(task) || path.has(task.id)) return;
    for (const id of task.dependsOn) {
      const needed = byId.get(id);
      if (needed) visit(needed, new Set([...path, task.id]));
    }
    ordered.add(task);
  };
  for (const task of [...tasks].sort((a, b) => b.chainMinutes - a.chainMinutes)) visit(task, new Set());
  return [...ordered];
}

/** The graph as rows, for reading, for screen readers and for phones. */
export function TaskList({
  tasks,
  selected,
  onSelect,
}: {
  readonly tasks: readonly Task[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
}) {
  const keys = new Map(tasks.map(({ id, key }) => [id, key]));
  return (
    <ol className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
      {inOrder(tasks).map((task) => (
        <li key={task.id}>
          <button
            type="button"
            onClick={() => onSelect(task.id)}
            aria-current={task.id === selected || undefined}
            className={classes(
              'flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5 text-left hover:bg-raised',
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
        </li>
      ))}
    </ol>
  );
}
