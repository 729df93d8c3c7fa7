'use client';
import type { Attempt } from '@aether/contracts/execution';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { useReadPages } from '@/api/queries';
import { Body } from '@/frame/page';
import { agentColour, AgentMark } from '@/ui/agent-mark';
import { Empty, Loaded } from '@/ui/feedback';
import { StateIcon, wordOf } from '@/ui/state';
import { useNow } from '@/ui/time';
import { duration, exact } from '@/ui/words';
import { inOrder } from './task-list';

const MARKS = 5;

/** Who worked on what, when: a row for each task, a bar for each attempt at it. */
export function Timeline({
  mission,
  tasks,
  onSelect,
}: {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly onSelect: (taskId: string) => void;
}) {
  const attempts = useReadPages('GET /api/v1/attempts', { missionId: mission.id, limit: 200 });
  const now = useNow();
  return (
    <Body>
      <Loaded query={attempts}>
        {() => {
          const bars = attempts.items;
          if (bars.length === 0)
            return (
              <Empty drawing="graph" title="Nothing has run yet">
                Attempts at tasks appear here, side by side.
              </Empty>
            );
          const begin = Math.min(...bars.map(({ createdAt }) => Date.parse(createdAt)));
          const end = Math.max(...bars.map(({ finishedAt }) => (finishedAt ? Date.parse(finishedAt) : now)));
          const span = Math.max(1_000, end - begin);
          const share = (at: number) => ((at - begin) / span) * 100;
          return (
            <div
              tabIndex={0}
              role="region"
              aria-label="Timeline"
              className="overflow-x-auto rounded-card border border-line bg-surface"
            >
              <div className="min-w-160">
                <div className="flex border-b border-line text-12 text-dim">
                  <div className="w-56 shrink-0 px-3 py-2">Task</div>
                  <div className="relative h-9 flex-1">
                    {Array.from({ length: MARKS }, (_, mark) => (
                      <span
                        key={mark}
                        className="absolute top-2"
                        style={{ left: `${(mark / MARKS) * 100}%` }}
                      >
                        {mark === 0 ? '0' : duration((span * mark) / MARKS)}
                      </span>
                    ))}
                  </div>
                </div>
                {inOrder(tasks).map((task) => (
                  <div key={task.id} className="flex items-center border-b border-line last:border-b-0">
                    <button
                      type="button"
                      onClick={() => onSelect(task.id)}
                      className="flex h-10 w-56 shrink-0 items-center gap-2 px-3 text-left hover:bg-raised"
                      title={task.title}
                    >
                      <StateIcon state={task.state} className="size-3.5" />
                      <span className="truncate">{task.title}</span>
                    </button>
                    <div
                      className="relative h-10 flex-1"
                      style={{
                        backgroundImage: 'linear-gradient(to right, var(--line) 1px, transparent 1px)',
                        backgroundSize: `${100 / MARKS}% 100%`,
                      }}
                    >
                      {bars
                        .filter(({ taskId }) => taskId === task.id)
                        .map((attempt) => (
                          <Bar
                            key={attempt.id}
                            attempt={attempt}
                            left={share(Date.parse(attempt.createdAt))}
                            right={share(attempt.finishedAt ? Date.parse(attempt.finishedAt) : now)}
                          />
                        ))}
                    </div>
                  </div>
                ))}
              </div>
            </div>
          );
        }}
      </Loaded>
    </Body>
  );
}

function Bar({
  attempt,
  left,
  right,
}: {
  readonly attempt: Attempt;
  readonly left: number;
  readonly right: number;
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
        left: `${left}%`,
        width: `max(6px, ${right - left}%)`,
        borderColor: agentColour(agent.name),
        background: `color-mix(in oklch, ${agentColour(agent.name)} ${isLost ? 8 : 24}%, var(--surface))`,
      }}
      className={`absolute top-2 flex h-6 items-center gap-1 overflow-hidden rounded-sm border px-0.5 ${isLost ? 'border-dashed' : ''}`}
    >
      <AgentMark name={agent.name} size="small" />
      <StateIcon state={state} className="size-3.5" />
    </div>
  );
}
