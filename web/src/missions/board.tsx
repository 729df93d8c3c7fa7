'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMay } from '@/api/session';
import { classes } from '@/ui/classes';
import { Fault } from '@/ui/feedback';
import { StateIcon } from '@/ui/state';
import { columns, moveTo, type Column } from './columns';
import { MissionCard } from './mission-card';

/** Missions in columns by state. A card may be dragged where that means something to do. */
export function Board({
  missions,
  counts,
}: {
  readonly missions: readonly Mission[];
  readonly counts: Partial<Record<string, number>>;
}) {
  const may = useMay();
  const approve = useChange('POST /api/v1/missions/{id}/approve');
  const pause = useChange('POST /api/v1/missions/{id}/pause');
  const resume = useChange('POST /api/v1/missions/{id}/resume');
  const [dragged, setDragged] = useState<string | null>(null);
  const verbs = { approve, pause, resume };
  const mission = missions.find(({ id }) => id === dragged);
  const error = approve.error ?? pause.error ?? resume.error;
  return (
    <div
      className="flex h-full flex-col"
      onDragStart={(event) => setDragged(event.dataTransfer.getData('text/mission'))}
      onDragEnd={() => setDragged(null)}
    >
      <Fault error={error} className="m-4 mb-0" />
      <div
        tabIndex={0}
        role="group"
        aria-label="Board"
        className="relative flex min-h-0 flex-1 snap-x scroll-px-4 gap-3 overflow-x-auto p-4 md:scroll-px-6 md:px-6"
      >
        {columns.map((column) => (
          <BoardColumn
            key={column.id}
            column={column}
            missions={missions.filter(({ state }) => column.states.includes(state))}
            count={column.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)}
            dragged={mission}
            draggable={may('missions:write')}
            onDrop={() => {
              const move = mission && moveTo(mission, column);
              if (mission && move && 'verb' in move) verbs[move.verb].mutate({ id: mission.id });
              setDragged(null);
            }}
          />
        ))}
      </div>
    </div>
  );
}

function BoardColumn({
  column,
  missions,
  count,
  dragged,
  draggable,
  onDrop,
}: {
  readonly column: Column;
  readonly missions: readonly Mission[];
  readonly count: number;
  readonly dragged: Mission | undefined;
  readonly draggable: boolean;
  readonly onDrop: () => void;
}) {
  const move = dragged && moveTo(dragged, column);
  const isOpen = move !== undefined && 'verb' in move;
  return (
    <section
      aria-label={column.title}
      onDragOver={(event) => isOpen && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onDrop();
      }}
      className={classes(
        'flex flex-1 basis-0 snap-start flex-col rounded-card border bg-raised/50 max-sm:min-w-[80vw]',
        isOpen ? 'border-accent bg-accent-quiet' : 'border-transparent',
        dragged && !isOpen && 'opacity-60',
        count === 0 ? 'min-w-36 max-sm:hidden' : 'min-w-50',
      )}
    >
      <h2 className="flex h-10 shrink-0 items-center gap-2 px-3 text-12 font-semibold text-dim">
        <StateIcon state={column.states[0] ?? 'draft'} className="size-3.5 animate-none!" />
        {column.title}
        <span className="font-normal">{count}</span>
      </h2>
      <div className="min-h-24 flex-1 space-y-2 overflow-y-auto p-2 pt-0">
        {move && 'why' in move && move.why !== 'It is here already.' && (
          <p className="px-1 text-12 text-dim">{move.why}</p>
        )}
        {missions.map((mission) => (
          <MissionCard key={mission.id} mission={mission} draggable={draggable} />
        ))}
      </div>
    </section>
  );
}
