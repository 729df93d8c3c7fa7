'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { memo, useState } from 'react';
import { useMay } from '@/api/session';
import { Fault } from '@/ui/feedback';
import { BoardColumn } from './board-column';
import { columns } from './columns';
import type { Narrow } from './filters';
import { useMoves } from './use-moves';

/** Missions in columns by state. A card may be dragged where that means something to do. */
export const Board = memo(function Board({
  narrow: { state: wanted, ...narrow },
  counts,
}: {
  readonly narrow: Narrow;
  readonly counts: Partial<Record<string, number>>;
}) {
  const may = useMay();
  const { move, error } = useMoves();
  const [dragged, setDragged] = useState<Mission | null>(null);
  return (
    <div className="flex h-full flex-col" onDragEnd={() => setDragged(null)}>
      <Fault error={error} className="m-4 mb-0" />
      <div
        tabIndex={0}
        role="group"
        aria-label="Board"
        className="relative flex min-h-0 flex-1 snap-x scroll-px-4 gap-3 overflow-x-auto p-4 md:scroll-px-6 md:px-6"
      >
        {columns
          .filter(({ states }) => !wanted || states.includes(wanted))
          .map((column) => (
            <BoardColumn
              key={column.id}
              column={column}
              narrow={{ state: wanted ? [wanted] : [...column.states], ...narrow }}
              isNarrowed={wanted !== undefined || Object.keys(narrow).length > 0}
              count={column.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)}
              dragged={dragged}
              draggable={may('missions:write')}
              onDrag={setDragged}
              onDrop={() => {
                if (dragged) move(dragged, column);
                setDragged(null);
              }}
            />
          ))}
      </div>
    </div>
  );
});
