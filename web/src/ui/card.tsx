import type { ReactNode } from 'react';
import { classes } from './classes';

/** A surface with an optional heading line. */
export function Card({
  title,
  action,
  children,
  className,
  flush = false,
}: {
  readonly title?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** Content up to the edges, for rows. */
  readonly flush?: boolean;
}) {
  return (
    <section
      className={classes('min-w-0 overflow-hidden rounded-card border border-line bg-surface', className)}
    >
      {title && (
        <header className="flex min-h-11 items-center justify-between gap-3 border-b border-line px-4 py-1.5">
          <h2 className="flex min-w-0 items-center gap-2 text-13 font-semibold">{title}</h2>
          {action}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}

/** A figure with its name. */
export function Figure({
  label,
  children,
  hint,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly hint?: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-12 text-dim">{label}</dt>
      <dd className="truncate text-16 font-medium">{children}</dd>
      {hint && <dd className="truncate text-12 text-dim">{hint}</dd>}
    </div>
  );
}

/** How much of something is done or used; `label` says it in words. */
export function Meter({
  value,
  label,
  tone = 'accent',
}: {
  readonly value: number;
  readonly label: string;
  readonly tone?: 'accent' | 'good' | 'wait' | 'bad';
}) {
  const fill = { accent: 'bg-accent', good: 'bg-good', wait: 'bg-wait', bad: 'bg-bad' }[tone];
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      title={label}
      className="h-1.5 overflow-hidden rounded-full bg-raised"
    >
      <div
        className={classes('h-full rounded-full transition-[width] duration-180', fill)}
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}
