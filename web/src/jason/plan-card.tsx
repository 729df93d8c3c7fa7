'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { progressOf } from '@/missions/progress';
import { Button, ButtonLink } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { StateBadge, lookOf, wordOf, type Tone } from '@/ui/state';
import { plural } from '@/ui/words';
import { miniatureOf } from './miniature';

const fills: Readonly<Record<Tone, string>> = {
  good: 'fill-good',
  wait: 'fill-wait',
  bad: 'fill-bad',
  info: 'fill-info',
  calm: 'fill-line-strong',
};

/** A mission that Jason made or changed: its plan in small as it forms, and the way to the whole. */
export function PlanCard({ missionId }: { readonly missionId: string }) {
  const may = useMay();
  const mission = useRead('GET /api/v1/missions/{id}', { id: missionId });
  const tasks = useRead('GET /api/v1/tasks', { missionId, limit: 200 });
  const approve = useChange('POST /api/v1/missions/{id}/approve');
  if (mission.error?.code === 'mission_not_found')
    return <p className="text-12 text-dim">This mission is gone.</p>;
  if (!mission.data) return null;
  const { title, state } = mission.data;
  const items = tasks.data?.items ?? [];
  const progress = progressOf(mission.data);
  return (
    <section
      aria-label={`Plan: ${title}`}
      className="space-y-2.5 rounded-card border border-line bg-raised p-3"
    >
      <div className="flex items-start gap-2">
        <h3 className="line-clamp-2 min-w-0 flex-1 font-medium" title={title}>
          {title}
        </h3>
        <StateBadge state={state} />
      </div>
      {items.length > 0 ? (
        <Graph tasks={items} />
      ) : (
        <p className="text-12 text-dim">
          {state === 'planning' ? 'The plan is drawn here as it forms…' : 'No tasks yet.'}
        </p>
      )}
      {items.length > 0 && (
        <p className="text-12 text-dim">
          {progress.done} of {plural(progress.total, 'task')} accepted
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <ButtonLink size="small" href={`/missions/${missionId}/`}>
          {state === 'proposed' ? 'Look at the plan' : 'Open the mission'}
        </ButtonLink>
        {state === 'proposed' && may('missions:write') && (
          <Button
            size="small"
            look="primary"
            busy={approve.isPending}
            onClick={() => approve.mutate({ id: missionId })}
          >
            Approve and start
          </Button>
        )}
      </div>
      <Fault error={approve.error} />
    </section>
  );
}

function Graph({ tasks }: { readonly tasks: readonly Task[] }) {
  const { dots, lines, width, height } = miniatureOf(tasks);
  return (
    <div className="max-h-48 overflow-auto rounded-control border border-line bg-surface p-1.5">
      <svg
        role="img"
        aria-label={`A plan of ${plural(tasks.length, 'task')}`}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        className="mx-auto block"
      >
        {lines.map(([from, to]) => (
          <path
            key={`${from.task.id}>${to.task.id}`}
            d={`M${from.x} ${from.y}C${from.x + 16} ${from.y} ${to.x - 16} ${to.y} ${to.x} ${to.y}`}
            className="fill-none stroke-line-strong"
          />
        ))}
        {dots.map(({ task, x, y }) => (
          <circle
            key={task.id}
            cx={x}
            cy={y}
            r={5}
            className={`animate-appear ${fills[lookOf(task.state).tone]}`}
          >
            <title>{`${task.title}: ${wordOf(task.state)}`}</title>
          </circle>
        ))}
      </svg>
    </div>
  );
}
