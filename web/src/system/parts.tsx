'use client';
import { Card } from '@/ui/card';
import { Loaded } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { PartLine } from './part-line';
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
              <PartLine
                key={name}
                {...{ name, ok, detail }}
                className="border-line px-4 py-3 not-last:border-b sm:not-last:border-b-0"
              />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
