'use client';
import type { MachineSample } from '@aether/contracts/machine';
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { Problem } from '@/ui/feedback';
import { bytes } from '@/ui/words';
import { Chart, type Axis } from './chart';

const READ_EVERY_MS = 10_000;

const percent = (value: number) => `${Math.round(value)} %`;
const bytesPerSecond = (value: number) => `${bytes(value)}/s`;

/** What the machine that agents run on uses: kept there, so that the charts are full when the page opens. */
export function MachineCharts(axis: Axis) {
  const { data, dataUpdatedAt, error, refetch } = useQuery({
    queryKey: ['machine-figures'],
    queryFn: ({ signal }) => call('GET /api/v1/machine/figures', {}, { signal }),
    // Reading anew would take the fault away for a moment, each time: it stays until somebody tries again.
    refetchInterval: ({ state: { data, error } }) => (error && !data ? false : READ_EVERY_MS),
  });
  const latest = data?.samples.at(-1);
  if (!data && error)
    return (
      <section aria-label="Machine">
        <h2 className="text-14 font-semibold">Machine</h2>
        <Problem error={error} onRetry={() => void refetch()} />
      </section>
    );
  if (!data || !latest) return null;
  // By the clock of this page, which may differ from the machine's.
  const aheadMs = Date.parse(latest.at) - dataUpdatedAt;
  const points = (read: (sample: MachineSample) => number) =>
    data.samples
      .map((sample) => ({ atMs: Date.parse(sample.at) - aheadMs, value: read(sample) }))
      .filter(({ atMs }) => atMs >= axis.fromMs);
  return (
    <section aria-label="Machine" className="space-y-3">
      <h2 className="text-14 font-semibold">
        Machine <span className="font-normal text-dim">{data.host}</span>
      </h2>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
        <Chart
          title={`Processors (${data.processors})`}
          points={points(({ cpuPercent }) => cpuPercent)}
          write={percent}
          {...axis}
        />
        <Chart
          title={`Memory of ${bytes(data.memoryBytes)}`}
          points={points(({ memoryUsedBytes }) => memoryUsedBytes)}
          write={bytes}
          {...axis}
        />
        <Chart
          title={`Disk of ${bytes(data.diskBytes)}`}
          points={points(({ diskUsedBytes }) => diskUsedBytes)}
          write={bytes}
          {...axis}
        />
        <Chart
          title="Received"
          points={points(({ receivedBytesPerS }) => receivedBytesPerS)}
          write={bytesPerSecond}
          {...axis}
        />
        <Chart
          title="Sent"
          points={points(({ sentBytesPerS }) => sentBytesPerS)}
          write={bytesPerSecond}
          {...axis}
        />
      </div>
    </section>
  );
}
