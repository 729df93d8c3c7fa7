'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Plus } from 'lucide-react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay, useMe } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { PartsInShort } from '@/system/parts-in-short';
import { AgentMark } from '@/ui/agent-mark';
import { ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge } from '@/ui/state';
import { Ago } from '@/ui/time';
import { compact, money } from '@/ui/words';
import { FirstSteps } from './first-steps';
import { Beyond, NeedsYou, SHOWN } from './needs-you';
import { RunningMission } from './running-mission';

const active: readonly Mission['state'][] = ['planning', 'running', 'finishing', 'paused'];

export function Home() {
  const may = useMay();
  const me = useMe().data;
  const board = useRead('GET /api/v1/board', {});
  const { items: running, ...missions } = useReadPages('GET /api/v1/missions', {
    limit: SHOWN,
    state: [...active],
  });
  const ended = useReadPages('GET /api/v1/missions', { limit: 6, state: ['completed', 'failed'] });
  const pool = useRead('GET /api/v1/pool', {});
  const lately = ended.items.slice(0, 6);
  const counts: Partial<Record<string, number>> = board.data?.missions ?? {};
  const isNew = board.isSuccess && Object.values(counts).every((count) => !count);
  const beyond = active.reduce((sum, state) => sum + (counts[state] ?? 0), 0) - SHOWN;
  return (
    <Page
      title={`Good to see you, ${me?.name.split(' ')[0] ?? ''}`}
      actions={
        may('missions:write') && (
          <ButtonLink href="/missions/new/" look="primary">
            <Plus aria-hidden /> New mission
          </ButtonLink>
        )
      }
    >
      <Body>
        {isNew && !pool.isLoading && may('missions:write') && (
          <FirstSteps hasAgent={(pool.data?.items.length ?? 0) > 0} />
        )}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="min-w-0 space-y-6">
            <Card title="Needs you" flush>
              <Loaded query={board} skeleton={<Skeleton rows={2} />}>
                {({ needsPerson }) => <NeedsYou tasks={needsPerson} running={running} />}
              </Loaded>
            </Card>
            <Card
              title="Running"
              flush
              action={
                <Link href="/missions/" className="text-12 text-accent hover:underline">
                  All missions
                </Link>
              }
            >
              <Loaded query={missions} skeleton={<Skeleton rows={3} />}>
                {() =>
                  running.length === 0 ? (
                    <p className="px-4 py-5 text-dim">Nothing runs now.</p>
                  ) : (
                    <ul className="divide-y divide-line">
                      {running.slice(0, SHOWN).map((mission) => (
                        <RunningMission key={mission.id} mission={mission} />
                      ))}
                      {beyond > 0 && <Beyond count={beyond} />}
                    </ul>
                  )
                }
              </Loaded>
            </Card>
          </div>
          <div className="min-w-0 space-y-6">
            <Card
              title="Agents"
              flush
              action={
                <Link href="/agents/" className="text-12 text-accent hover:underline">
                  All agents
                </Link>
              }
            >
              <Loaded query={pool} skeleton={<Skeleton rows={2} />}>
                {({ items }) =>
                  items.length === 0 ? (
                    <p className="px-4 py-5 text-dim">No agents yet.</p>
                  ) : (
                    <ul className="divide-y divide-line">
                      {items.slice(0, 8).map((agent) => (
                        <li key={agent.id}>
                          <Link
                            href={`/agents/${agent.id}/`}
                            className="flex h-11 items-center gap-3 px-4 hover:bg-raised"
                          >
                            <AgentMark name={agent.name} />
                            <span className="min-w-0 flex-1 truncate font-medium">{agent.name}</span>
                            <span className="text-12 text-dim">
                              {agent.load > 0 ? `works on ${agent.load}` : 'idle'}
                            </span>
                            <StateBadge
                              state={agent.online ? 'connected' : 'disconnected'}
                              word={agent.online ? 'Online' : 'Offline'}
                            />
                          </Link>
                        </li>
                      ))}
                    </ul>
                  )
                }
              </Loaded>
            </Card>
            <Card title="Lately" flush>
              <Loaded query={ended} skeleton={<Skeleton rows={2} />}>
                {() =>
                  lately.length === 0 ? (
                    <p className="px-4 py-5 text-dim">Results appear here.</p>
                  ) : (
                    <ul className="divide-y divide-line">
                      {lately.map((mission) => (
                        <li key={mission.id}>
                          <Link
                            href={`/missions/${mission.id}/?view=overview`}
                            className="flex items-center gap-3 px-4 py-2.5 hover:bg-raised"
                          >
                            <span className="min-w-0 flex-1">
                              <span className="block truncate font-medium" title={mission.title}>
                                {mission.title}
                              </span>
                              <span className="block text-12 text-dim">
                                {compact(mission.spend.tokens)} tokens, {money(mission.spend.costUsd)},{' '}
                                <Ago at={mission.finishedAt ?? mission.updatedAt} />
                              </span>
                            </span>
                            <StateBadge state={mission.state} />
                          </Link>
                        </li>
                      ))}
                    </ul>
                  )
                }
              </Loaded>
            </Card>
            <PartsInShort />
          </div>
        </div>
      </Body>
    </Page>
  );
}
