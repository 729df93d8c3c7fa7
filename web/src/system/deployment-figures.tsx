'use client';
import type { DeploymentMetrics } from '@aether/contracts/deployer';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '@/api/call';
import { useRead } from '@/api/queries';
import { Problem } from '@/ui/feedback';
import { bytes } from '@/ui/words';
import { Chart, type Axis, type Point } from './chart';
import { SAMPLE_EVERY_MS } from './use-samples';

/** How fast a counter grew between two points; one that began anew is not shown as a fall. */
const rises = (points: readonly Point[]): Point[] =>
  points.slice(1).map(({ atMs, value }, at) => {
    const before = points[at] ?? { atMs, value };
    const seconds = (atMs - before.atMs) / 1_000;
    return { atMs, value: seconds > 0 ? Math.max(0, value - before.value) / seconds : 0 };
  });

/** What each running agent uses, over the time axis of the page. */
export function DeploymentFigures(axis: Axis) {
  const deployments = useRead('GET /api/v1/deployments', { limit: 100 });
  const running =
    deployments.data?.items.filter(({ state }) => state === 'ready' || state === 'degraded') ?? [];
  const error = deployments.data ? null : deployments.error;
  if (running.length === 0 && !error) return null;
  return (
    <section aria-label="Agents" className="space-y-3">
      <h2 className="text-14 font-semibold">Agents</h2>
      {error && <Problem error={error} onRetry={() => void deployments.refetch()} />}
      {running.slice(0, 12).map(({ id, name }) => (
        <DeploymentCharts key={id} id={id} name={name} axis={axis} />
      ))}
    </section>
  );
}

function DeploymentCharts({
  id,
  name,
  axis,
}: {
  readonly id: string;
  readonly name: string;
  readonly axis: Axis;
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ['deployment-figures', id],
    queryFn: ({ signal }) => call('GET /api/v1/deployments/{id}/metrics', { id }, { signal }),
    refetchInterval: ({ state: { data, error } }) => (error && !data ? false : SAMPLE_EVERY_MS),
    retry: false,
  });
  const [kept, setKept] = useState<readonly DeploymentMetrics[]>([]);
  useEffect(() => {
    if (data) setKept((all) => (all.at(-1)?.at === data.at ? all : [...all.slice(-99), data]));
  }, [data]);
  const points = (read: (one: DeploymentMetrics) => number | null) =>
    kept.flatMap((one) => {
      const value = read(one);
      return value === null ? [] : [{ atMs: Date.parse(one.at), value }];
    });
  const traffic = rises(
    points(({ receivedBytes, sentBytes }) =>
      receivedBytes === null || sentBytes === null ? null : receivedBytes + sentBytes,
    ),
  );
  const disk = points(({ diskBytes }) => diskBytes);
  if (!data && error)
    return (
      <div>
        <h3 className="font-medium">{name}</h3>
        <Problem error={error} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Chart
        title={`${name}: processor`}
        points={points(({ cpuPercent }) => cpuPercent)}
        write={(value) => `${Math.round(value)} %`}
        {...axis}
      />
      <Chart
        title={`${name}: memory`}
        points={points(({ memoryBytes }) => memoryBytes)}
        write={bytes}
        {...axis}
      />
      {disk.length > 0 && <Chart title={`${name}: disk`} points={disk} write={bytes} {...axis} />}
      {traffic.length > 0 && (
        <Chart title={`${name}: network`} points={traffic} write={(value) => `${bytes(value)}/s`} {...axis} />
      )}
    </div>
  );
}
