'use client';
import { CircleCheck, CircleX } from 'lucide-react';
import { Card } from '@/ui/card';
import { Loaded } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { partLabel } from './owners';
import { useHealth } from './use-health';

/** Each part of Aether with the reason where it is not well. */
export function Parts() {
  const health = useHealth();
  return (
    <Card
      title="Parts"
      action={
        health.data && (
          <Tag tone={health.data.ready ? 'good' : 'bad'}>{health.data.ready ? 'All well' : 'Not well'}</Tag>
        )
      }
      flush
    >
      <Loaded query={health}>
        {({ checks }) => (
          <ul className="grid sm:grid-cols-2 lg:grid-cols-4">
            {checks.map(({ name, ok, detail }) => (
              <li
                key={name}
                className="flex items-start gap-2.5 border-line px-4 py-3 not-last:border-b sm:not-last:border-b-0"
              >
                {ok ? (
                  <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
                ) : (
                  <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
                )}
                <div className="min-w-0">
                  <p className="font-medium">{partLabel(name)}</p>
                  <p className="text-12 break-words text-dim">{detail ?? (ok ? 'well' : 'not well')}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
