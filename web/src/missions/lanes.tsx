'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { AgentMark } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { Confirm } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge, StateIcon, wordOf } from '@/ui/state';
import { laneColumns, laneMove, type LaneColumn } from './lane-moves';
import { progressOf } from './progress';
import { ProgressRing } from './progress-ring';

const LANE_PX = 180;
/** More of one column are counted. */
const CARDS_MAX = 20;

/** The tasks of each mission in a lane of its own, by state; only lanes in sight are drawn and read. */
export function Lanes({
  missions,
  onEnd,
}: {
  readonly missions: readonly Mission[];
  readonly onEnd: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const lanes = useVirtualizer({
    count: missions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LANE_PX,
    overscan: 2,
  });
  const last = lanes.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= missions.length - 5) onEnd();
  }, [last, missions.length, onEnd]);
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Missions as lanes"
      className="h-full overflow-auto px-4 pb-4 md:px-6"
    >
      <div className="min-w-180">
        <div className="sticky top-0 z-10 grid grid-cols-5 gap-2 bg-canvas py-2 text-12 font-semibold text-dim">
          {laneColumns.map(({ id, title, states }) => (
            <span key={id} className="flex items-center gap-1.5 px-1">
              <StateIcon state={states[0] ?? 'waiting'} className="size-3.5 animate-none!" />
              {title}
            </span>
          ))}
        </div>
        <div className="relative" style={{ height: lanes.getTotalSize() }}>
          {lanes.getVirtualItems().map(({ index, start }) => {
            const mission = missions[index];
            return (
              mission && (
                <div
                  key={mission.id}
                  ref={lanes.measureElement}
                  data-index={index}
                  style={{ transform: `translateY(${start}px)` }}
                  className="absolute inset-x-0 top-0 pb-4"
                >
                  <Lane mission={mission} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Lane({ mission }: { readonly mission: Mission }) {
  const may = useMay();
  const tasks = useRead('GET /api/v1/tasks', { missionId: mission.id, limit: 200 });
  const refresh = ['GET /api/v1/tasks'] as const;
  const retry = useChange('POST /api/v1/tasks/{id}/retry', { refresh });
  const [givenUp, setGivenUp] = useState<Task | null>(null);
  const cancel = useChange('POST /api/v1/tasks/{id}/cancel', { refresh, onDone: () => setGivenUp(null) });
  const review = useChange('POST /api/v1/tasks/{id}/review', { refresh });
  const [dragged, setDragged] = useState<Task | null>(null);
  const mayMove = may('missions:write');
  const move = (task: Task, column: LaneColumn) => {
    const found = laneMove(task, mission, column);
    if (!('verb' in found)) return;
    if (found.verb === 'retry') retry.mutate({ id: task.id });
    else if (found.verb === 'cancel') setGivenUp(task);
    else if (task.attemptId) review.mutate({ id: task.id, attemptId: task.attemptId, verdict: 'accept' });
  };
  const items = tasks.data?.items ?? [];
  return (
    <section
      aria-label={mission.title}
      className="rounded-card border border-line bg-surface"
      onDragEnd={() => setDragged(null)}
    >
      <header className="flex items-center gap-2 border-b border-line px-3 py-1.5">
        <ProgressRing progress={progressOf(mission)} />
        <h2 className="min-w-0 flex-1 truncate font-medium">
          <Link href={`/missions/${mission.id}/`} className="hover:underline" title={mission.title}>
            {mission.title}
          </Link>
        </h2>
        <StateBadge state={mission.state} />
      </header>
      <Fault error={tasks.error ?? retry.error ?? review.error} className="m-2" />
      <div className="grid grid-cols-5">
        {laneColumns.map((column) => {
          const here = items.filter(({ state }) => column.states.includes(state));
          const found = dragged && laneMove(dragged, mission, column);
          const isOpen = found !== null && 'verb' in found;
          return (
            <div
              key={column.id}
              role="group"
              aria-label={`${mission.title}: ${column.title}`}
              onDragOver={(event) => isOpen && event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged) move(dragged, column);
                setDragged(null);
              }}
              className={classes(
                'min-h-20 min-w-0 space-y-1.5 border-r border-line p-1.5 last:border-r-0',
                isOpen && 'bg-accent-quiet',
                dragged && !isOpen && 'opacity-60',
              )}
            >
              {found && 'why' in found && found.why !== 'It is here already.' && (
                <p className="px-1 text-12 text-dim">{found.why}</p>
              )}
              {here.slice(0, CARDS_MAX).map((task) => (
                <TaskCard
                  key={task.id}
                  task={task}
                  mission={mission}
                  mayMove={mayMove}
                  onDrag={() => setDragged(task)}
                  onMove={(target) => move(task, target)}
                />
              ))}
              {here.length > CARDS_MAX && (
                <p className="px-1 text-12 text-dim">and {here.length - CARDS_MAX} more</p>
              )}
            </div>
          );
        })}
      </div>
      <Confirm
        open={givenUp !== null}
        onClose={() => {
          cancel.reset();
          setGivenUp(null);
        }}
        title={`Give “${givenUp?.title ?? ''}” up?`}
        verb="Give it up"
        onConfirm={() => givenUp && cancel.mutate({ id: givenUp.id })}
        busy={cancel.isPending}
        error={cancel.error}
      >
        Work that is under way ends. What depends on it waits until it is tried again, or depends on it no
        longer.
      </Confirm>
    </section>
  );
}

function TaskCard({
  task,
  mission,
  mayMove,
  onDrag,
  onMove,
}: {
  readonly task: Task;
  readonly mission: Mission;
  readonly mayMove: boolean;
  readonly onDrag: () => void;
  readonly onMove: (column: LaneColumn) => void;
}) {
  return (
    <div
      draggable={mayMove}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/task', task.id);
        event.dataTransfer.effectAllowed = 'move';
        onDrag();
      }}
      className="rounded-control border border-line bg-canvas p-2"
    >
      <Link
        href={`/missions/${mission.id}/?task=${task.id}`}
        draggable={false}
        className="line-clamp-2 text-12 font-medium break-words hover:underline"
        title={task.title}
      >
        {task.title}
      </Link>
      <div className="mt-1 flex items-center gap-1.5 text-12 text-dim">
        <StateIcon state={task.state} className="size-3.5" />
        <span className="min-w-0 flex-1 truncate" title={task.waitsFor ?? undefined}>
          {wordOf(task.state)}
        </span>
        {task.agentName && <AgentMark name={task.agentName} size="small" />}
        {mayMove && (
          <select
            aria-label={`Move ${task.title}`}
            title="Move"
            value=""
            onChange={({ target }) => {
              const column = laneColumns.find(({ id }) => id === target.value);
              if (column) onMove(column);
            }}
            className="h-6 w-6 rounded-sm bg-transparent"
          >
            <option value="" aria-label="Move to…" />
            {laneColumns.map((column) => {
              const found = laneMove(task, mission, column);
              return (
                <option key={column.id} value={column.id} disabled={!('verb' in found)}>
                  {'why' in found ? `${column.title}: ${found.why}` : column.title}
                </option>
              );
            })}
          </select>
        )}
      </div>
    </div>
  );
}
