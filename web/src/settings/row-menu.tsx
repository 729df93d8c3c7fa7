'use client';
import { Menu } from '@base-ui/react/menu';
import { Ellipsis } from 'lucide-react';
import { classes } from '@/ui/classes';

export interface RowAct {
  readonly label: string;
  readonly act: () => void;
  readonly danger?: boolean;
}

/** What can be done with one row of a list. */
export function RowMenu({ label, acts }: { readonly label: string; readonly acts: readonly RowAct[] }) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={label}
        title={label}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-dim hover:bg-raised hover:text-ink"
      >
        <Ellipsis aria-hidden className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="min-w-44 animate-appear rounded-card border border-line bg-overlay p-1.5 shadow-float outline-none">
            {acts.map(({ label: text, act, danger }) => (
              <Menu.Item
                key={text}
                onClick={act}
                className={classes(
                  'flex h-8 cursor-default items-center rounded-control px-2 text-13 outline-none data-highlighted:bg-raised',
                  danger && 'text-bad',
                )}
              >
                {text}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
