import type { ReactNode } from 'react';
import { classes } from '@/ui/classes';

/** One matter of the settings: a title, a sentence, its controls. What is dangerous stands in a box of its own. */
export function Part({
  title,
  lead,
  action,
  children,
  danger = false,
  flush = false,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
  readonly danger?: boolean;
  /** Rows up to the edges. */
  readonly flush?: boolean;
}) {
  return (
    <section className={classes('rounded-card border bg-surface', danger ? 'border-bad/50' : 'border-line')}>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="text-14 font-semibold">{title}</h2>
          {lead && <p className="mt-0.5 text-dim">{lead}</p>}
        </div>
        {action && <div className="flex shrink-0 gap-2">{action}</div>}
      </header>
      <div className={flush ? 'mt-4 border-t border-line' : 'p-4'}>{children}</div>
    </section>
  );
}

/** A form in a part: its fields, what went wrong, and one button. */
export function PartForm({
  onSubmit,
  children,
}: {
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  return (
    <form
      className="max-w-md space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
