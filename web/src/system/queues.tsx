'use client';
import { Card } from '@/ui/card';
import { compact } from '@/ui/words';
import type { Sample } from './exposition';

const WAITING = 'aether_consumer_waiting_events';
const UNSETTLED = 'aether_consumer_unsettled_events';

/** What each reader of events has before it, the deepest first. */
export function Queues({ samples }: { readonly samples: readonly Sample[] }) {
  const of = (figure: string) =>
    new Map(
      samples.flatMap(({ name, labels, value }) =>
        name === figure ? [[labels['consumer'] ?? '', value] as const] : [],
      ),
    );
  const [waiting, unsettled] = [of(WAITING), of(UNSETTLED)];
  const depth = (consumer: string) => (waiting.get(consumer) ?? 0) + (unsettled.get(consumer) ?? 0);
  const consumers = [...waiting.keys()].sort((a, b) => depth(b) - depth(a) || a.localeCompare(b));
  if (consumers.length === 0) return null;
  return (
    <Card title="Queues of events" flush>
      {/* The only thing on its page that keys can reach, and scroll to. */}
      <div role="region" aria-label="Queues of events" tabIndex={0} className="overflow-x-auto">
        <table className="w-full text-13">
          <thead className="text-12 text-dim">
            <tr className="border-b border-line text-left">
              <th className="px-4 py-2 font-normal">Read by</th>
              <th className="px-4 py-2 text-right font-normal">Waiting</th>
              <th className="px-4 py-2 text-right font-normal">Being worked on</th>
            </tr>
          </thead>
          <tbody>
            {consumers.map((consumer) => (
              <tr key={consumer} className="border-b border-line last:border-b-0">
                <th scope="row" className="px-4 py-2 text-left font-normal">
                  {consumer}
                </th>
                <td className="figures px-4 py-2 text-right">{compact(waiting.get(consumer) ?? 0)}</td>
                <td className="figures px-4 py-2 text-right">{compact(unsettled.get(consumer) ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
