'use client';
import { useId } from 'react';

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** The span of time that all charts of a page share. */
export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

const WIDTH = 300;
const HEIGHT = 64;

/** One figure over the time axis that all charts of the page share, its value now beside its name. */
export function Chart({
  title,
  points,
  write,
  fromMs,
  toMs,
}: {
  readonly title: string;
  readonly points: readonly Point[];
  readonly write: (value: number) => string;
} & Axis) {
  const id = useId();
  const last = points.at(-1);
  const most = Math.max(...points.map(({ value }) => value), 0);
  const top = most > 0 ? most * 1.15 : 1;
  const x = (atMs: number) => ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * WIDTH;
  const y = (value: number) => HEIGHT - 1 - (value / top) * (HEIGHT - 2);
  const line = points.map(({ atMs, value }) => `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const first = points[0];
  return (
    <figure className="min-w-0 rounded-card border border-line bg-surface p-3">
      <figcaption id={id} className="flex items-baseline justify-between gap-2">
        <span className="truncate text-12 text-dim" title={title}>
          {title}
        </span>
        <span className="figures font-medium">{last ? write(last.value) : '…'}</span>
      </figcaption>
      <svg
        role="img"
        aria-labelledby={id}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-2 h-16 w-full"
      >
        <line
          x1="0"
          x2={WIDTH}
          y1={HEIGHT - 1}
          y2={HEIGHT - 1}
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
        />
        {first && last && points.length > 1 && (
          <>
            <polygon
              points={`${x(first.atMs).toFixed(1)},${HEIGHT} ${line} ${x(last.atMs).toFixed(1)},${HEIGHT}`}
              className="fill-accent/12"
            />
            <polyline
              points={line}
              className="fill-none stroke-accent"
              strokeWidth="1.5"
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
      </svg>
      <p className="mt-1 flex justify-between text-11 text-faint">
        <span>5 m ago</span>
        <span>highest {write(most)}</span>
      </p>
    </figure>
  );
}
