'use client';
import { useMay } from '@/api/session';
import { Loaded, Skeleton } from '@/ui/feedback';
import { bytes, compact, duration } from '@/ui/words';
import { Chart, type Point } from './chart';
import { DeploymentFigures } from './deployment-figures';
import { total, type Sample } from './exposition';
import { MachineCharts } from './machine-charts';
import { Queues } from './queues';
import { useSamples, type Moment } from './use-samples';

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
      {mayDeployments && toMs > 0 && <MachineCharts {...axis} />}
      <section aria-label="Aether" className="space-y-3">
        <h2 className="text-14 font-semibold">Aether</h2>
        <Loaded query={query} skeleton={<Skeleton rows={3} height={100} />}>
          {() => (
            <>
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
              <Queues samples={moments.at(-1)?.samples ?? []} />
            </>
          )}
        </Loaded>
      </section>
      {mayDeployments && toMs > 0 && <DeploymentFigures {...axis} />}
    </>
  );
}
