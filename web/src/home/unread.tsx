import { RotateCw } from 'lucide-react';
import type { CallError } from '@/api/call';
import { Button } from '@/ui/button';
import { Fault } from '@/ui/feedback';

export interface UnreadQuery {
  readonly data: unknown;
  readonly error: CallError | null;
  readonly refetch: () => unknown;
}

/** Those that have nothing to show, since reading failed. */
export const failedOf = (queries: readonly UnreadQuery[]): readonly UnreadQuery[] =>
  queries.filter(({ data, error }) => data === undefined && error !== null);

/** What could not be read of several lists that are shown as one: the rest of it stays. */
export function Unread({ failed }: { readonly failed: readonly UnreadQuery[] }) {
  const errors = new Map(failed.flatMap(({ error }) => (error ? [[error.message, error] as const] : [])));
  if (errors.size === 0) return null;
  return (
    <div className="space-y-2 border-b border-line p-4 last:border-b-0">
      <p className="font-medium">Not everything that may wait for you could be read.</p>
      {[...errors].map(([message, error]) => (
        <Fault key={message} error={error} />
      ))}
      <Button
        size="small"
        onClick={() => {
          for (const { refetch } of failed) refetch();
        }}
      >
        <RotateCw aria-hidden /> Try again
      </Button>
    </div>
  );
}
