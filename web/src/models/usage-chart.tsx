'use client';
import type { UsageSum } from '@aether/contracts/model-budgets';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { compact, money } from '@/ui/words';

const axis = { stroke: 'var(--dim)', fontSize: 11, tickLine: false, axisLine: false } as const;
const bar = { stackId: 'day', isAnimationActive: false, maxBarSize: 28 } as const;

/** What each day took, as stacked bars. */
export function UsageChart({
  days,
  measure,
}: {
  readonly days: readonly UsageSum[];
  readonly measure: 'costUsd' | 'tokens';
}) {
  const write = measure === 'costUsd' ? money : compact;
  const data = days.map(({ key, inputTokens, outputTokens, costUsd }) => ({
    day: key?.slice(5) ?? '',
    inputTokens,
    outputTokens,
    costUsd,
  }));
  const total = days.map(
    ({ key, inputTokens, outputTokens, costUsd }) =>
      `${key}: ${write(measure === 'costUsd' ? costUsd : inputTokens + outputTokens)}`,
  );
  return (
    <figure aria-label={`Usage by day. ${total.join('; ')}`} className="h-48">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="day" {...axis} />
          <YAxis tickFormatter={write} width={48} {...axis} />
          <Tooltip
            cursor={{ fill: 'var(--raised)' }}
            formatter={(value) => write(Number(value))}
            contentStyle={{
              background: 'var(--overlay)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              fontSize: 12,
            }}
          />
          {measure === 'costUsd' ? (
            <Bar dataKey="costUsd" name="Cost" fill="var(--accent)" {...bar} />
          ) : (
            [
              <Bar key="in" dataKey="inputTokens" name="In" fill="var(--accent)" {...bar} />,
              <Bar key="out" dataKey="outputTokens" name="Out" fill="var(--good)" {...bar} />,
            ]
          )}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
