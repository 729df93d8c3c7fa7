'use client';
import type { Attempt } from '@aether/contracts/execution';
import { agentColour, AgentMark } from '@/ui/agent-mark';
import { StateIcon, wordOf } from '@/ui/state';
import { duration, exact } from '@/ui/words';
import type { GraphTask } from '../graph/graph-task';

const MARKS = 5;

export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** A row for each task, a bar for each attempt at it; a line where `at` is. */
export function Gantt({
  tasks,
  attempts,
  span,
  now,
  at,
  onSelect,
}: {
  readonly tasks: readonly GraphTask[];
  readonly attempts: readonly Attempt[];
  readonly span: Span;
  readonly now: number;
  readonly at: number | null;
  readonly onSelect: (taskId: string) => void;
}) {
  const length = span.end - span.begin;
  const share = (time: number) => Math.min(100, Math.max(0, ((time - span.begin) / length) * 100));
  const line = at !== null && <MomentLine left={share(at)} />;
  return (
    <div tabIndex={0} role="region" aria-label="Timeline" className="overflow-x-auto">
      <div className="min-w-120 md:min-w-160">
        <div className="flex border-b border-line text-12 text-dim">
          <div className="w-36 shrink-0 px-3 py-2 md:w-56">Task</div>
          <div className="relative h-9 flex-1 overflow-hidden">
            {Array.from({ length: MARKS }, (_, mark) => (
              <span key={mark} className="absolute top-2 pl-1" style={{ left: `${(mark / MARKS) * 100}%` }}>
                {mark === 0 ? '0' : duration((length * mark) / MARKS)}
              </span>
            ))}
            {line}
          </div>
        </div>
        {tasks.map((task) => (
          <div key={task.id} className="flex items-center border-b border-line last:border-b-0">
            <button
              type="button"
              onClick={() => onSelect(task.id)}
              className="flex h-10 w-36 shrink-0 items-center gap-2 px-3 text-left hover:bg-raised md:w-56"
              title={`${task.title}: ${wordOf(task.state)}`}
            >
              <StateIcon state={task.state} className="size-3.5" />
              <span className="truncate">{task.title}</span>
              <span className="sr-only">{wordOf(task.state)}</span>
            </button>
            <div
              className="relative h-10 flex-1"
              style={{
                backgroundImage: 'linear-gradient(to right, var(--line) 1px, transparent 1px)',
                backgroundSize: `${100 / MARKS}% 100%`,
              }}
            >
              {attempts
                .filter(({ taskId }) => taskId === task.id)
                .map((attempt) => (
                  <Bar
                    key={attempt.id}
                    attempt={attempt}
                    left={share(Date.parse(attempt.createdAt))}
                    right={share(attempt.finishedAt ? Date.parse(attempt.finishedAt) : now)}
                    isAhead={at !== null && Date.parse(attempt.createdAt) > at}
                  />
                ))}
              {line}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

const MomentLine = ({ left }: { readonly left: number }) => (
  <span
    aria-hidden
    className="pointer-events-none absolute inset-y-0 w-px bg-accent"
    style={{ left: `${left}%` }}
  />
);

function Bar({
  attempt,
  left,
  right,
  isAhead,
}: {
  readonly attempt: Attempt;
  readonly left: number;
  readonly right: number;
  readonly isAhead: boolean;
}) {
  const { agent, state, createdAt, finishedAt, number } = attempt;
  const took = finishedAt ? `, ${duration(Date.parse(finishedAt) - Date.parse(createdAt))}` : '';
  const label = `Attempt ${number} by ${agent.name}: ${wordOf(state)}${took}. Began ${exact(createdAt)}.`;
  const isLost = state === 'failed' || state === 'abandoned' || state === 'sent-back';
  return (
    <div
      role="img"
      aria-label={label}
      title={label}
      style={{
        left: `min(${left}%, 100% - 6px)`,
        width: `max(6px, ${right - left}%)`,
        borderColor: agentColour(agent.name),
        background: `color-mix(in oklch, ${agentColour(agent.name)} ${isLost ? 8 : 24}%, var(--surface))`,
        ...(isAhead && { opacity: 0.25 }),
      }}
      className={`absolute top-2 flex h-6 items-center gap-1 overflow-hidden rounded-sm border px-0.5 ${isLost ? 'border-dashed' : ''}`}
    >
      <AgentMark name={agent.name} size="small" />
      <StateIcon state={state} className="size-3.5" />
    </div>
  );
}
