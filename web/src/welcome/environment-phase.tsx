'use client';
import type { MachineFinding } from '@aether/contracts/machine';
import { CircleAlert, CircleCheck, CircleX, RotateCw } from 'lucide-react';
import { useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Phase } from './phase';

const names: Readonly<Record<MachineFinding['part'], string>> = {
  process: 'Agents as processes',
  docker: 'Agents in containers',
  swarm: 'Agents as services of a swarm',
  memory: 'Memory',
  disk: 'Disk',
  git: 'git',
};

/** What the machine has for agents, what it lacks, and how to get that. */
export function EnvironmentPhase({ onDone }: { readonly onDone: () => void }) {
  const machine = useRead('GET /api/v1/machine', {});
  const isShort = machine.data?.items.some(({ ok, needed }) => needed && !ok) ?? false;
  return (
    <Phase title="What this machine has" lead="Looked at as a deploy would. Nothing is changed.">
      <Card flush>
        <Loaded query={machine} skeleton={<Skeleton rows={5} height={44} />}>
          {({ items }) => (
            <ul className="divide-y divide-line">
              {items.map((finding) => (
                <FindingRow key={finding.part} finding={finding} />
              ))}
            </ul>
          )}
        </Loaded>
      </Card>
      {isShort && (
        <p role="status" className="rounded-control bg-wait-quiet px-3 py-2 text-wait">
          Something is missing that agents need. You can go on, and come back when it is there.
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button disabled={machine.isFetching} onClick={() => void machine.refetch()}>
          <RotateCw aria-hidden /> Look again
        </Button>
        <Button look="primary" onClick={onDone}>
          Go on
        </Button>
      </div>
    </Phase>
  );
}

function FindingRow({ finding: { part, ok, needed, detail, remedy } }: { readonly finding: MachineFinding }) {
  const [Icon, tone, word] = ok
    ? [CircleCheck, 'text-good', 'Ready']
    : needed
      ? [CircleX, 'text-bad', 'Missing']
      : [CircleAlert, 'text-wait', 'Not there; Aether does without it'];
  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon aria-label={word} className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <div className="min-w-0">
        <p className="font-medium">{names[part]}</p>
        <p className="break-words text-dim">{detail}</p>
        {remedy && <p className="break-words text-dim">{remedy}</p>}
      </div>
    </li>
  );
}
