'use client';
import type { Deployment, } from '@aether/contracts/deployment';
import { useRead } from '@/api/queries';
import { Card, Figure, Meter } from '@/ui/card';
import { Empty, Loaded } from '@/ui/feedback';
import { bytes } from '@/ui/words';

const or = (value: number | null, write: (value: number) => string) => (value === null ? 'not told' : write(value));

/** What the agent uses of the machine now. */
export function Figures({ deployment }: { readonly deployment: Deployment }) {
  const metrics = useRead('GET /api/v1/deployments/{id}/metrics', { id: deployment.id }, { everyMs: 5_000 });
  if (metrics.error?.code === 'deployment_not_running') return <Empty title="It does not run">Start it to see what it uses.</Empty>;
  return (
    <Loaded query={metrics}>
      {(now) => (
        <Card title="Now">
          <dl className="grid grid-cols-2 gap-6 sm:grid-cols-4">
            <Figure label="Processor">{or(now.cpuPercent, (value) => `${value.toFixed(1)} %`)}</Figure>
            <div>
              <Figure label="Memory" hint={now.memoryLimitBytes && `of ${bytes(now.memoryLimitBytes)}`}>
                {or(now.memoryBytes, bytes)}
              </Figure>
              {now.memoryBytes !== null && now.memoryLimitBytes && (
                <div className="mt-1">
                  <Meter value={now.memoryBytes / now.memoryLimitBytes} label="Memory used" />
                </div>
              )}
            </div>
            <Figure label="Received">{or(now.receivedBytes, bytes)}</Figure>
            <Figure label="Sent">{or(now.sentBytes, bytes)}</Figure>
            <Figure label="Disk">{or(now.diskBytes, bytes)}</Figure>
            <Figure label="Processes">{or(now.processes, String)}</Figure>
          </dl>
        </Card>
      )}
    </Loaded>
  );
}
