'use client';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Fault, Loaded, Skeleton } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { Ago } from '@/ui/time';
import { plural } from '@/ui/words';
import { ownerNames, partLabel, type Owner } from './owners';

/** Events that a part gave up on, kept until somebody has it handle them again. */
export function Undelivered() {
  return (
    <div className="space-y-4">
      <p className="max-w-2xl text-dim">
        What a part could not handle after several tries waits here. Mend what the error names, then let the
        part handle the event again.
      </p>
      {ownerNames.map((owner) => (
        <UndeliveredOf key={owner} owner={owner} />
      ))}
    </div>
  );
}

function UndeliveredOf({ owner }: { readonly owner: Owner }) {
  const list = `GET /api/v1/system/${owner}/dead-letters` as const;
  const letters = useRead(list, { limit: 100 });
  const canWrite = useMay()('system:write');
  const replay = useChange(`POST /api/v1/system/${owner}/dead-letters/{id}/replay`, { refresh: [list] });
  return (
    <Card
      title={
        <>
          {partLabel(owner)}
          {letters.data && (
            <Tag tone={letters.data.items.length > 0 ? 'wait' : 'good'}>
              {letters.data.items.length > 0 ? plural(letters.data.items.length, 'event') : 'None'}
            </Tag>
          )}
        </>
      }
      flush
    >
      <Loaded query={letters} skeleton={<Skeleton rows={1} />}>
        {({ items }) => (
          <ul>
            {items.map(({ id, subject, handler, error, attempts, failedAt, replayedAt }) => (
              <li key={id} className="flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-mono text-12" title={subject}>
                    {subject}
                  </p>
                  <p className="break-words text-bad">{error}</p>
                  <p className="text-12 text-dim">
                    {handler} · {plural(attempts, 'try', 'tries')} · <Ago at={failedAt} />
                  </p>
                </div>
                {replayedAt ? (
                  <Tag tone="good">Handled</Tag>
                ) : (
                  canWrite && (
                    <Button
                      size="small"
                      busy={replay.isPending && replay.variables.id === id}
                      onClick={() => replay.mutate({ id })}
                    >
                      Handle again
                    </Button>
                  )
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Fault error={replay.error} className="m-4" />
    </Card>
  );
}
