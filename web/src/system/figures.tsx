'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '@/api/call';
import { useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Loaded, Skeleton } from '@/ui/feedback';
import { bytes, compact, duration } from '@/ui/words';
import { Chart, type Point } from './chart';
import { total, type Sample } from './exposition';
import { SAMPLE_EVERY_MS, useSamples, type Moment } from './use-samples';

const SPAN_MS = 5 * 60_000;
const REQUESTS = 'aether_http_request_duration_seconds_count';
const REQUEST_TIME = 'aether_http_request_duration_seconds_sum';

const perSecond = (value: number) => `${compact(value)}/s`;
const percent = (value: number) => `${Math.round(value * 100)} %`;
const seconds = (value: number) => duration(value * 1_000);
const ms = (value: number) => `${value.toFixed(1)} ms`;

/** A figure as it is, or how fast a counter grows. */
type Reading =
  | { readonly now: (samples: readonly Sample[]) => number }
  | {
      readonly rise: (samples: readonly Sample[]) => number;
      readonly per?: (samples: readonly Sample[]) => number;
    };

const charts: readonly (Reading & { readonly title: string; readonly write: (value: number) => string })[] = [
  { title: 'Requests', rise: (samples) => total(samples, REQUESTS), write: perSecond },
  {
    title: 'Time of a request',
    rise: (samples) => total(samples, REQUEST_TIME) * 1_000,
    per: (samples) => total(samples, REQUESTS),
    write: ms,
  },
  { title: 'Live connections', now: (samples) => total(samples, 'aether_live_sockets'), write: compact },
  {
    title: 'Events waiting',
    now: (samples) => total(samples, 'aether_consumer_waiting_events'),
    write: compact,
  },
  { title: 'Events not yet sent', now: (samples) => total(samples, 'aether_outbox_events'), write: compact },
  {
    title: 'Age of the oldest of them',
    now: (samples) => total(samples, 'aether_outbox_lag_seconds'),
    write: seconds,
  },
  { title: 'Attempts', now: (samples) => total(samples, 'aether_attempts'), write: compact },
  { title: 'Events given up on', now: (samples) => total(samples, 'aether_dead_letters'), write: compact },
  {
    title: 'Processor of the edge',
    rise: (samples) => total(samples, 'process_cpu_seconds_total'),
    write: percent,
  },
  {
    title: 'Memory of the edge',
    now: (samples) => total(samples, 'process_resident_memory_bytes'),
    write: bytes,
  },
];

function pointsOf(reading: Reading, moments: readonly Moment[]): Point[] {
  if ('now' in reading) return moments.map(({ atMs, samples }) => ({ atMs, value: reading.now(samples) }));
  return moments.slice(1).map(({ atMs, samples }, at) => {
    const before = moments[at] ?? { atMs, samples };
    const rise = Math.max(0, reading.rise(samples) - reading.rise(before.samples));
    const per = reading.per
      ? reading.per(samples) - reading.per(before.samples)
      : (atMs - before.atMs) / 1_000;
    return { atMs, value: per > 0 ? rise / per : 0 };
  });
}

/** What the edge, the parts and the agents use, over one time axis; it fills while the page is open. */
export function Figures() {
  const { query, moments } = useSamples();
  const mayDeployments = useMay()('deployments:read');
  const toMs = moments.at(-1)?.atMs ?? 0;
  const axis = { fromMs: toMs - SPAN_MS, toMs };
  return (
    <>
      <section aria-label="Aether" className="space-y-3">
        <h2 className="text-14 font-semibold">Aether</h2>
        <Loaded query={query} skeleton={<Skeleton rows={3} height={100} />}>
          {() => (
            <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
              {charts.map(({ title, write, ...reading }) => (
                <Chart
                  key={title}
                  title={title}
                  write={write}
                  points={pointsOf(reading, moments)}
                  {...axis}
                />
              ))}
            </div>
          )}
        </Loaded>
      </section>
      {mayDeployments && toMs > 0 && <DeploymentFigures {...axis} />}
    </>
  );
}

interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

function DeploymentFigures(axis: Axis) {
  const deployments = useRead('GET /api/v1/deployments', { limit: 100 });
  const running =
    deployments.data?.items.filter(({ state }) => state === 'ready' || state === 'degraded') ?? [];
  if (running.length === 0) return null;
  return (
    <section aria-label="Agents" className="space-y-3">
      <h2 className="text-14 font-semibold">Agents</h2>
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
  const { data } = useQuery({
    queryKey: ['deployment-figures', id],
    queryFn: ({ signal }) => call('GET /api/v1/deployments/{id}/metrics', { id }, { signal }),
    refetchInterval: SAMPLE_EVERY_MS,
    retry: false,
  });
  const [kept, setKept] = useState<readonly NonNullable<typeof data>[]>([]);
  useEffect(() => {
    if (data) setKept((all) => (all.at(-1)?.at === data.at ? all : [...all.slice(-99), data]));
  }, [data]);
  const points = (read: (one: NonNullable<typeof data>) => number | null) =>
    kept.flatMap((one) => {
      const value = read(one);
      return value === null ? [] : [{ atMs: Date.parse(one.at), value }];
    });
  return (
    <div className="grid gap-3 sm:grid-cols-2">
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
    </div>
  );
}
