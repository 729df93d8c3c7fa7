'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import {
  CircleAlert,
  CircleHelp,
  Eye,
  ListChecks,
  Plus,
  Rocket,
  Wallet,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay, useMe } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { progressOf } from '@/missions/progress';
import { ProgressRing } from '@/missions/progress-ring';
import { AgentMark } from '@/ui/agent-mark';
import { ButtonLink } from '@/ui/button';
import { Card, Meter } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge, Tag } from '@/ui/state';
import { Ago, Elapsed } from '@/ui/time';
import { compact, money } from '@/ui/words';
import { FirstSteps } from './first-steps';

const active = new Set<Mission['state']>(['planning', 'running', 'finishing', 'paused']);

export function Home() {
  const may = useMay();
  const me = useMe().data;
  const board = useRead('GET /api/v1/board', {});
  const missions = useReadPages('GET /api/v1/missions', { limit: 100 });
  const pool = useRead('GET /api/v1/pool', {});
  const running = missions.items.filter(({ state }) => active.has(state));
  const lately = missions.items
    .filter(({ state }) => state === 'completed' || state === 'failed')
    .slice(0, 6);
  const isNew = missions.isSuccess && missions.items.length === 0;
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
        {isNew && <FirstSteps hasAgent={(pool.data?.items.length ?? 0) > 0} />}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="min-w-0 space-y-6">
            <Card title="Needs you" flush>
              <Loaded query={board} skeleton={<Skeleton rows={2} />}>
                {({ needsPerson }) => <NeedsYou tasks={needsPerson} missions={missions.items} />}
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
                      {running.map((mission) => (
                        <RunningMission key={mission.id} mission={mission} />
                      ))}
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
              {lately.length === 0 ? (
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
              )}
            </Card>
          </div>
        </div>
      </Body>
    </Page>
  );
}

function Need({
  Icon,
  title,
  about,
  href,
  verb,
}: {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly about: ReactNode;
  readonly href: string;
  readonly verb: string;
}) {
  return (
    <li className="flex items-center gap-3 px-4 py-2.5">
      <Icon aria-hidden className="size-4 shrink-0 text-wait" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium" title={title}>
          {title}
        </span>
        <span className="line-clamp-1 text-12 text-dim">{about}</span>
      </span>
      <ButtonLink size="small" href={href}>
        {verb}
      </ButtonLink>
    </li>
  );
}

const taskNeeds = {
  asking: { Icon: CircleHelp, verb: 'Answer' },
  reported: { Icon: Eye, verb: 'Review' },
  failed: { Icon: CircleAlert, verb: 'Look' },
} as const;

/** What stands still until a person does something, each with the way to do it. */
function NeedsYou({
  tasks,
  missions,
}: {
  readonly tasks: readonly Task[];
  readonly missions: readonly Mission[];
}) {
  const deployments = useReadPages('GET /api/v1/deployments', { limit: 100 });
  const approvals = useRead('GET /api/v1/approvals', { state: 'pending', limit: 20 });
  const titles = new Map(missions.map(({ id, title }) => [id, title]));
  const needs = [
    ...(approvals.data?.items ?? []).map((approval) => (
      <Need
        key={approval.id}
        Icon={CircleHelp}
        title="An agent asks to run a command"
        about={approval.command}
        href={`/chats/${approval.chatId}/`}
        verb="Decide"
      />
    )),
    ...missions
      .filter(({ state }) => state === 'proposed')
      .map((mission) => (
        <Need
          key={mission.id}
          Icon={ListChecks}
          title={mission.title}
          about="Jason made a plan. Look at it, change it, start it."
          href={`/missions/${mission.id}/`}
          verb="Look at the plan"
        />
      )),
    ...tasks.map((task) => {
      const { Icon, verb } = taskNeeds[task.state as keyof typeof taskNeeds] ?? taskNeeds.failed;
      return (
        <Need
          key={task.id}
          Icon={Icon}
          title={task.title}
          about={task.reason?.cause ?? titles.get(task.missionId)}
          href={`/missions/${task.missionId}/?task=${task.id}`}
          verb={verb}
        />
      );
    }),
    ...missions
      .filter(({ state, reason }) => state === 'paused' && reason)
      .map((mission) => (
        <Need
          key={mission.id}
          Icon={Wallet}
          title={mission.title}
          about={mission.reason?.cause}
          href={`/missions/${mission.id}/`}
          verb="Look"
        />
      )),
    ...deployments.items
      .filter(({ state }) => state === 'failed' || state === 'degraded')
      .map((deployment) => (
        <Need
          key={deployment.id}
          Icon={Rocket}
          title={`${deployment.name} ${deployment.state === 'failed' ? 'was not deployed' : 'is degraded'}`}
          about={deployment.failure?.cause}
          href={`/deployments/${deployment.id}/`}
          verb="Repair"
        />
      )),
  ];
  return needs.length ? (
    <ul className="divide-y divide-line">{needs}</ul>
  ) : (
    <p className="px-4 py-5 text-dim">Nothing waits for you.</p>
  );
}

function RunningMission({ mission }: { readonly mission: Mission }) {
  const progress = progressOf(mission);
  return (
    <li>
      <Link href={`/missions/${mission.id}/`} className="block space-y-2 px-4 py-3 hover:bg-raised">
        <span className="flex items-center gap-3">
          <ProgressRing progress={progress} />
          <span className="min-w-0 flex-1 truncate font-medium" title={mission.title}>
            {mission.title}
          </span>
          {progress.running > 0 && <Tag tone="info">{progress.running} at work</Tag>}
          <StateBadge state={mission.state} />
        </span>
        <Meter
          value={progress.total ? progress.done / progress.total : 0}
          label={`${progress.done} of ${progress.total} tasks accepted`}
        />
        <span className="flex justify-between gap-3 text-12 text-dim">
          <span className="truncate">
            {mission.waitsFor
              ? `Waits for ${mission.waitsFor}`
              : `${progress.done} of ${progress.total} tasks`}
          </span>
          {mission.startedAt && <Elapsed from={mission.startedAt} />}
        </span>
      </Link>
    </li>
  );
}
