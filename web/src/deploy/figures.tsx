'use client';
import type { Deployment } from '@aether/contracts/deployment';
import dynamic from 'next/dynamic';
import { Card, Figure } from '@/ui/card';
import { Empty, Loaded, Skeleton } from '@/ui/feedback';
import { bytes } from '@/ui/words';
import type { Sample } from './use-samples';
import { useSamples } from './use-samples';

const Chart = dynamic(() => import('./chart').then((module) => module.Chart), {
  loading: () => <Skeleton rows={1} height={120} />,
});

const rate = (value: number) => `${bytes(value)}/s`;
const percent = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const or = (value: number | null, written: (value: number) => string) =>
  value === null ? '–' : written(value);

const charts = [
  {
    title: 'Processor',
    lines: [{ key: 'cpuPercent', name: 'of one processor' }],
    write: percent,
    atLeast: 5,
  },
  { title: 'Memory', lines: [{ key: 'memoryBytes', name: 'in use' }], write: bytes, atLeast: 1_000_000 },
  {
    title: 'Network',
    lines: [
      { key: 'receiveRate', name: 'received' },
      { key: 'sendRate', name: 'sent' },
    ],
    write: rate,
    atLeast: 1_000,
  },
] as const satisfies readonly {
  title: string;
  lines: readonly { key: keyof Sample; name: string }[];
  write: (value: number) => string;
  atLeast: number;
}[];

/** What an agent uses now and used since this was opened. */
export function Figures({ deployment }: { readonly deployment: Deployment }) {
  const runs = deployment.state === 'ready' || deployment.state === 'degraded';
  const metrics = useSamples(deployment.id, runs);
  if (!runs)
    return (
      <Empty title="It does not run">Figures are taken while the agent runs. Start it to see them.</Empty>
    );
  return (
    <Loaded query={metrics}>
      {(now) => (
        <>
          <dl className="grid grid-cols-2 gap-4 md:grid-cols-5">
            <Figure label="Processor">{or(now.cpuPercent, percent)}</Figure>
            <Figure
              label="Memory"
              hint={now.memoryLimitBytes === null ? 'no limit' : `of ${bytes(now.memoryLimitBytes)}`}
            >
              {or(now.memoryBytes, bytes)}
            </Figure>
            {now.receivedBytes !== null && (
              <Figure label="Received / sent">
                {bytes(now.receivedBytes)} / {or(now.sentBytes, bytes)}
              </Figure>
            )}
            <Figure label="Disk">{or(now.diskBytes, bytes)}</Figure>
            <Figure label="Processes">{or(now.processes, String)}</Figure>
          </dl>
          <div className="grid gap-4 lg:grid-cols-2">
            {charts
              .filter(({ lines }) =>
                lines.some(({ key }) => metrics.samples.some((sample) => sample[key] !== null)),
              )
              .map((chart) => (
                <Card key={chart.title} title={chart.title}>
                  <Chart
                    samples={metrics.samples}
                    lines={chart.lines}
                    write={chart.write}
                    atLeast={chart.atLeast}
                    label={chart.title}
                  />
                </Card>
              ))}
          </div>
          <p className="text-12 text-dim">Taken every three seconds while this is open.</p>
        </>
      )}
    </Loaded>
  );
}
