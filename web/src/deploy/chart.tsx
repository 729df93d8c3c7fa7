'use client';
import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Sample } from './use-samples';

export interface ChartLine {
  readonly key: keyof Sample;
  readonly name: string;
}

const colours = ['var(--accent)', 'var(--info)'];
const clock = (at: number) => new Date(at).toLocaleTimeString('en-GB');
const tick = { fill: 'var(--dim)', fontSize: 11 };

/** Lines over time, the newest at the right. */
export function Chart({
  samples,
  lines,
  write,
  label,
  atLeast = 0,
}: {
  readonly samples: readonly Sample[];
  readonly lines: readonly ChartLine[];
  readonly write: (value: number) => string;
  readonly label: string;
  /** How far the scale goes at least, so that next to nothing does not look like much. */
  readonly atLeast?: number;
}) {
  const data = samples.map((sample) => ({ ...sample, time: Date.parse(sample.at) }));
  return (
    <figure aria-label={label} className="h-44">
      <ResponsiveContainer width="100%" height="100%">
        <AreaChart data={data} margin={{ top: 4, right: 8, bottom: 0, left: 0 }}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="time"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={clock}
            tick={tick}
            minTickGap={60}
            stroke="var(--line)"
          />
          <YAxis
            tickFormatter={write}
            tick={tick}
            width={64}
            stroke="transparent"
            domain={[0, (most: number) => Math.max(most, atLeast)]}
          />
          <Tooltip
            labelFormatter={(time) => clock(Number(time))}
            formatter={(value) => write(Number(value))}
            contentStyle={{
              background: 'var(--overlay)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              fontSize: 12,
            }}
            itemStyle={{ color: 'var(--ink)' }}
          />
          {lines.map(({ key, name }, index) => (
            <Area
              key={key}
              dataKey={key}
              name={name}
              type="monotone"
              stroke={colours[index]}
              fill={colours[index]}
              fillOpacity={0.12}
              strokeWidth={1.5}
              isAnimationActive={false}
              dot={false}
            />
          ))}
        </AreaChart>
      </ResponsiveContainer>
    </figure>
  );
}
