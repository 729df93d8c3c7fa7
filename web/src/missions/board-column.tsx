'use client';
import type { Mission, MissionState } from '@aether/contracts/mission-schemas';
import { useReadPages } from '@/api/queries';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Loaded, Skeleton } from '@/ui/feedback';
import { StateIcon } from '@/ui/state';
import { VirtualList } from '@/ui/virtual-list';
import { moveTo, type Column } from './columns';
import type { Narrow } from './filters';
import { MissionCard } from './mission-card';

const CARD_PX = 104;

/** The missions in some states, read page by page as one scrolls. */
export function BoardColumn({
  column,
  narrow,
  isNarrowed,
  count,
  dragged,
  draggable,
  onDrag,
  onDrop,
}: {
  readonly column: Column;
  readonly narrow: Omit<Narrow, 'state'> & { readonly state: MissionState[] };
  /** Not all of its missions are shown: it counts those it has read. */
  readonly isNarrowed: boolean;
  /** How many there are of all. */
  readonly count: number;
  readonly dragged: Mission | null;
  readonly draggable: boolean;
  readonly onDrag: (mission: Mission) => void;
  readonly onDrop: () => void;
}) {
  const missions = useReadPages('GET /api/v1/missions', {
    limit: 50,
    ...narrow,
  });
  const { items, hasNextPage, more } = missions;
  const move = dragged && moveTo(dragged, column);
  const isOpen = move !== null && 'verb' in move;
  const total = isNarrowed ? (hasNextPage ? undefined : items.length) : count;
  return (
    <section
      aria-label={column.title}
      onDragOver={(event) => isOpen && event.preventDefault()}
      onDragStart={(event) => {
        const mission = items.find(({ id }) => id === event.dataTransfer.getData('text/mission'));
        if (mission) onDrag(mission);
      }}
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
        <span className="figures font-normal">{total ?? `${items.length}+`}</span>
      </h2>
      {move && 'why' in move && move.why !== 'It is here already.' && (
        <p className="px-3 pb-2 text-12 text-dim">{move.why}</p>
      )}
      <Loaded query={missions} skeleton={<Skeleton rows={count === 0 ? 0 : 3} height={CARD_PX} />}>
        {() => (
          <>
            <VirtualList
              items={items}
              label={column.title}
              rowPx={CARD_PX}
              gapPx={8}
              isMeasured
              total={total}
              onEnd={more}
              className="min-h-24 flex-1 overflow-y-auto p-2 pt-0"
            >
              {(mission) => <MissionCard mission={mission} draggable={draggable} />}
            </VirtualList>
            {missions.isFetchNextPageError && (
              <Button size="small" className="m-2" onClick={() => void missions.fetchNextPage()}>
                Read on
              </Button>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}
