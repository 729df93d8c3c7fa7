'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Menu } from '@base-ui/react/menu';
import { EllipsisVertical } from 'lucide-react';
import { useState } from 'react';
import { Fault } from '@/ui/feedback';
import { classes } from '@/ui/classes';
import { columns, moveTo } from './columns';
import { useMoves } from './use-moves';

/** By keyboard and by touch what dragging a card does: columns it may go to, and why it may not go to the others. */
export function MoveMenu({ mission }: { readonly mission: Mission }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu.Root open={isOpen} onOpenChange={setOpen}>
      <Menu.Trigger
        aria-label={`Move ${mission.title}`}
        title="Move"
        className="flex size-6 min-h-[24px] min-w-[24px] items-center justify-center rounded-control text-dim hover:bg-raised hover:text-ink"
      >
        <EllipsisVertical aria-hidden className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="w-64 animate-appear rounded-card border border-line bg-overlay p-1.5 shadow-float outline-none">
            <Targets mission={mission} onDone={() => setOpen(false)} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Targets({ mission, onDone }: { readonly mission: Mission; readonly onDone: () => void }) {
  const { move: begin, error } = useMoves(onDone);
  return (
    <>
      {columns.map((column) => {
        const move = moveTo(mission, column);
        const isOpen = 'verb' in move;
        return (
          <Menu.Item
            key={column.id}
            disabled={!isOpen}
            // Stays, so that a refusal is seen.
            closeOnClick={false}
            onClick={() => begin(mission, column)}
            className={classes(
              'cursor-default rounded-control px-2 py-1 text-13 outline-none data-highlighted:bg-raised',
              !isOpen && 'text-dim',
            )}
          >
            {column.title}
            {'why' in move && <span className="block text-12 text-dim">{move.why}</span>}
          </Menu.Item>
        );
      })}
      <Fault error={error} />
    </>
  );
}
