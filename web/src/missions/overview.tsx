'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Download } from 'lucide-react';
import { addressOf } from '@/api/call';
import { useRead } from '@/api/queries';
import { Body } from '@/frame/page';
import { Card } from '@/ui/card';
import { Empty, Loaded } from '@/ui/feedback';
import { Markdown } from '@/ui/markdown';
import { exact, bytes, sentence } from '@/ui/words';

export function Overview({ mission }: { readonly mission: Mission }) {
  const artifacts = useRead('GET /api/v1/missions/{id}/artifacts', { id: mission.id, limit: 100 });
  const facts: [string, string | null][] = [
    ['Repository', mission.repository],
    ['Base branch', mission.baseBranch],
    ['Branch with the results', mission.branch],
    ['Plan starts', mission.autonomy === 'auto' ? 'by itself' : 'when a person approves it'],
    ['Work is accepted', mission.acceptance === 'person' ? 'by a person' : 'when its checks pass'],
    ['Priority', sentence(mission.priority)],
    ['Checks', mission.checks.map(({ command }) => command).join('\n') || null],
    ['Created', exact(mission.createdAt)],
    ['Finished', mission.finishedAt && exact(mission.finishedAt)],
  ];
  return (
    <Body>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="min-w-0 space-y-6">
          {mission.report && (
            <Card title="Report">
              <Markdown text={mission.report} />
            </Card>
          )}
          <Card title="Goal">
            <Markdown text={mission.goal} />
          </Card>
        </div>
        <div className="min-w-0 space-y-6">
          <Card title="Settings">
            <dl className="space-y-3">
              {facts
                .filter((fact): fact is [string, string] => fact[1] !== null)
                .map(([name, value]) => (
                  <div key={name}>
                    <dt className="text-12 text-dim">{name}</dt>
                    <dd className="font-mono text-12 break-all whitespace-pre-wrap">{value}</dd>
                  </div>
                ))}
            </dl>
          </Card>
          <Card title="Artifacts" flush>
            <Loaded query={artifacts}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title="Nothing was handed over" />
                ) : (
                  <ul className="divide-y divide-line">
                    {items.map((artifact) => (
                      <li key={artifact.id} className="flex items-center gap-3 px-4 py-2">
                        <span className="min-w-0 flex-1">
                          <span className="block truncate font-mono text-12" title={artifact.name}>
                            {artifact.name}
                          </span>
                          <span className="text-12 text-dim">
                            {artifact.kind} · {bytes(artifact.bytes)}
                          </span>
                        </span>
                        <a
                          href={addressOf('GET /api/v1/artifacts/{id}/content', { id: artifact.id })}
                          download
                          aria-label={`Save ${artifact.name}`}
                          title="Save"
                          className="flex size-8 items-center justify-center rounded-control text-dim hover:bg-raised hover:text-ink"
                        >
                          <Download aria-hidden className="size-4" />
                        </a>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </Card>
        </div>
      </div>
    </Body>
  );
}
