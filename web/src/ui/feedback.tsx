'use client';
import { CircleX, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { CallError } from '@/api/call';
import { Button } from './button';
import { classes } from './classes';
import { Drawing, type DrawingName } from './drawing';

/** Nothing is here, and what to do about it. */
export function Empty({
  drawing = 'orbit',
  title,
  children,
  action,
}: {
  readonly drawing?: DrawingName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="flex animate-appear flex-col items-center gap-3 px-6 py-12 text-center">
      <Drawing name={drawing} />
      <h2 className="text-16 font-medium">{title}</h2>
      {children && <div className="max-w-md text-13 text-dim">{children}</div>}
      {action}
    </div>
  );
}

/** An error with its code and what to do, in the place where its content would be. */
export function Problem({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const problem = error instanceof CallError ? error.problem : null;
  if (problem?.code === 'forbidden')
    return (
      <Empty drawing="lock" title="This is not open to you">
        {problem.detail} {problem.hint}
      </Empty>
    );
  return (
    <div role="alert" className="m-4 flex items-start gap-3 rounded-card border border-line bg-bad-quiet p-4">
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium">{problem?.title ?? 'This part of the page failed.'}</p>
        <p className="text-dim">
          {problem
            ? `${problem.detail} ${problem.hint}`
            : 'Reload the page. If it stays, report what you did.'}
        </p>
        <code className="font-mono text-12 break-all text-dim">
          {problem ? [problem.code, problem.correlationId].filter(Boolean).join(' · ') : error.message}
        </code>
      </div>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          <RotateCw aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}

/** One line about what a form or button could not do. */
export function Fault({ error, className }: { readonly error: Error | null; readonly className?: string }) {
  if (!error) return null;
  const problem = error instanceof CallError ? error.problem : null;
  return (
    <p role="alert" className={classes('rounded-control bg-bad-quiet px-3 py-2 text-13 text-bad', className)}>
      {problem ? `${problem.detail} ${problem.hint}` : error.message}
      {problem && <code className="ml-1.5 font-mono text-12">({problem.code})</code>}
    </p>
  );
}

/** What a field of a form is told by a problem. */
export function issueOf(error: Error | null, path: string): string | undefined {
  const issues = error instanceof CallError ? error.problem.issues : undefined;
  return issues?.find((issue) => issue.path === path)?.message;
}

/** Rows in grey while the first answer is on its way: of the height that comes, so that nothing jumps. */
export function Skeleton({ rows = 6, height = 36 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div role="status" aria-label="Loading" className="space-y-2 p-4">
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={row}
          className="animate-pulse rounded-control bg-raised"
          style={{ height, opacity: 1 - row / (rows * 1.3) }}
        />
      ))}
    </div>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** What was read, or why it is not there. Once it was there it stays while it is read anew. */
export function Loaded<T>({
  query,
  skeleton = <Skeleton />,
  children,
}: {
  readonly query: QueryLike<T>;
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton;
}
