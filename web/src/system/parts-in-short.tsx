'use client';
import { CircleCheck } from 'lucide-react';
import { Card } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { PartLine } from './part-line';
import { useHealth } from './use-health';

/** Whether every part of Aether is well, and else only those that are not. */
export function PartsInShort() {
  const health = useHealth();
  return (
    <Card
      title="Aether"
      flush
      action={
        <Link href="/system/" className="text-12 text-accent hover:underline">
          System
        </Link>
      }
    >
      <Loaded query={health} skeleton={<Skeleton rows={1} />}>
        {({ checks }) => {
          const unwell = checks.filter(({ ok }) => !ok);
          return unwell.length === 0 ? (
            <p className="flex items-center gap-2.5 px-4 py-3">
              <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
              All {checks.length} parts are well.
            </p>
          ) : (
            <ul className="divide-y divide-line">
              {unwell.map((check) => (
                <PartLine key={check.name} {...check} className="px-4 py-2.5" />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}
