'use client';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useRead } from '@/api/queries';
import { Part } from '@/settings/part';
import { Figure } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { compact, money } from '@/ui/words';

const UsageChart = dynamic(() => import('./usage-chart').then((module) => module.UsageChart), {
  loading: () => <Skeleton rows={1} height={192} />,
});

const DAYS = 30;
const LOOK_EVERY_MS = 30_000;

/** What model calls took in the last days, and which models took it. */
export function Usage() {
  const [measure, setMeasure] = useState<'costUsd' | 'tokens'>('tokens');
  const days = useRead('GET /api/v1/usage/summary', { by: 'day', days: DAYS }, { everyMs: LOOK_EVERY_MS });
  const models = useRead('GET /api/v1/usage/summary', { by: 'model', days: DAYS });
  return (
    <Part
      title={`Usage of ${DAYS} days`}
      lead="Every model call of every agent, Jason's included."
      action={
        <select
          aria-label="Measure"
          value={measure}
          onChange={(event) => setMeasure(event.target.value === 'costUsd' ? 'costUsd' : 'tokens')}
          className="h-8 rounded-control border border-line bg-surface px-2"
        >
          <option value="tokens">Tokens</option>
          <option value="costUsd">Money</option>
        </select>
      }
    >
      <Loaded query={days} skeleton={<Skeleton rows={1} height={192} />}>
        {({ items }) => {
          const sum = (of: (item: (typeof items)[number]) => number) =>
            items.reduce((total, item) => total + of(item), 0);
          const unpriced = sum(({ unpricedCalls }) => unpricedCalls);
          if (items.length === 0) return <p className="text-dim">No model was called yet.</p>;
          return (
            <div className="space-y-4">
              <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
                <Figure label="Calls">{compact(sum(({ calls }) => calls))}</Figure>
                <Figure label="Tokens in" hint={`${compact(sum((day) => day.cachedInputTokens))} cached`}>
                  {compact(sum(({ inputTokens }) => inputTokens))}
                </Figure>
                <Figure label="Tokens out">{compact(sum(({ outputTokens }) => outputTokens))}</Figure>
                <Figure
                  label="Cost"
                  hint={unpriced > 0 ? `${compact(unpriced)} calls without a price` : null}
                >
                  {money(sum(({ costUsd }) => costUsd))}
                </Figure>
              </dl>
              <UsageChart days={items} measure={measure} />
            </div>
          );
        }}
      </Loaded>
      {models.data && models.data.items.length > 0 && (
        <div role="region" aria-label="Usage by model" tabIndex={0} className="mt-4 overflow-x-auto">
          <table className="w-full text-12">
            <thead>
              <tr className="border-b border-line text-left text-dim">
                <th className="py-1.5 font-medium">Model</th>
                <th className="py-1.5 text-right font-medium">Calls</th>
                <th className="py-1.5 text-right font-medium">Tokens</th>
                <th className="py-1.5 text-right font-medium">Cost</th>
              </tr>
            </thead>
            <tbody>
              {models.data.items.map(({ key, calls, inputTokens, outputTokens, costUsd }) => (
                <tr key={key} className="border-b border-line last:border-b-0">
                  <td className="py-1.5 pr-4 font-mono">{key ?? 'not known'}</td>
                  <td className="figures py-1.5 text-right">{compact(calls)}</td>
                  <td className="figures py-1.5 text-right">{compact(inputTokens + outputTokens)}</td>
                  <td className="figures py-1.5 text-right">{money(costUsd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Part>
  );
}
