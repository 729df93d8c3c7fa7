import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { RowMenu, type RowAct } from '@/settings/row-menu';
import { classes } from '@/ui/classes';

/** One of several to choose from: a radio button in the shape of a card, with what else can be done with it. */
export function ChoiceCard({
  value,
  isChosen,
  onChoose,
  Icon,
  title,
  children,
  acts,
}: {
  readonly value: string;
  readonly isChosen: boolean;
  readonly onChoose: (value: string) => void;
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly acts: readonly RowAct[];
}) {
  return (
    <div className="relative min-w-0">
      <label
        className={classes(
          'flex h-full cursor-pointer gap-3 rounded-card border p-4 transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
          isChosen ? 'border-accent bg-accent-quiet' : 'border-line bg-surface hover:border-line-strong',
        )}
      >
        <input
          type="radio"
          name="what"
          value={value}
          checked={isChosen}
          onChange={() => onChoose(value)}
          className="sr-only"
        />
        <span className="flex size-9 shrink-0 items-center justify-center rounded-control bg-raised">
          <Icon aria-hidden className={classes('size-4.5', isChosen ? 'text-accent' : 'text-dim')} />
        </span>
        <span className="min-w-0 flex-1 space-y-2">
          <span className={classes('block truncate font-medium', acts.length > 0 && 'pr-8')} title={title}>
            {title}
          </span>
          {children}
        </span>
      </label>
      {acts.length > 0 && (
        <span className="absolute top-3 right-2">
          <RowMenu label={`Acts for ${title}`} acts={acts} />
        </span>
      )}
    </div>
  );
}
