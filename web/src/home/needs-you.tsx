'use client';
import type { Deployment } from '@aether/contracts/deployment';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { ModelBudget } from '@aether/contracts/model-budgets';
import type { Permission } from '@aether/contracts/permissions';
import {
  Cable,
  CircleAlert,
  CircleHelp,
  Eye,
  ListChecks,
  Rocket,
  Wallet,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { ButtonLink } from '@/ui/button';
import { Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { failedOf, Unread } from './unread';

/** Rows of each band: what is beyond is a link away. */
export const SHOWN = 20;

/** What is not shown here, and where it is. */
export function Beyond({ count }: { readonly count: number }) {
  return (
    <li>
      <Link href="/missions/" className="block px-4 py-2.5 text-12 text-accent hover:underline">
        and {count} more
      </Link>
    </li>
  );
}

function Need({
  Icon,
  title,
  about,
  href,
  verb,
  needs,
}: {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly about: ReactNode;
  readonly href: string;
  readonly verb: string;
  /** What the act needs; others may only look. */
  readonly needs: Permission;
}) {
  const may = useMay();
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
        {may(needs) ? verb : 'Look'}
      </ButtonLink>
    </li>
  );
}

const taskNeeds = {
  asking: { Icon: CircleHelp, verb: 'Answer' },
  reported: { Icon: Eye, verb: 'Review' },
  failed: { Icon: CircleAlert, verb: 'Look' },
} as const;

const isUsedUp = ({ limitUsd, spentUsd, limitTokens, spentTokens }: ModelBudget) =>
  (limitUsd !== null && spentUsd >= limitUsd) || (limitTokens !== null && spentTokens >= limitTokens);

function budgetOwner({ scope, scopeId }: ModelBudget, deployments: readonly Deployment[]): string {
  if (scope === 'organisation') return 'everybody';
  const name = deployments.find(({ id }) => id === scopeId)?.name;
  return scope === 'deployment' && name ? name : `a ${scope}`;
}

/** What stands still until a person does something, each with the way to do it. */
export function NeedsYou({
  tasks,
  running,
}: {
  readonly tasks: readonly Task[];
  readonly running: readonly Mission[];
}) {
  const may = useMay();
  const { items: missions, ...held } = useReadPages('GET /api/v1/missions', {
    limit: SHOWN,
    state: ['proposed', 'paused'],
  });
  const deployments = useReadPages('GET /api/v1/deployments', { limit: 100 });
  const approvals = useRead('GET /api/v1/approvals', { state: 'pending', limit: 20 });
  const connections = useRead('GET /api/v1/connections', {}, { enabled: may('connections:read') });
  const budgets = useRead('GET /api/v1/budgets', {}, { enabled: may('usage:read') });
  const sources = [held, deployments, approvals, connections, budgets];
  const titles = new Map([...running, ...missions].map(({ id, title }) => [id, title]));
  const needs = [
    ...(approvals.data?.items ?? []).map((approval) => (
      <Need
        key={approval.id}
        Icon={CircleHelp}
        title="An agent asks to run a command"
        about={approval.command}
        href={`/chats/${approval.chatId}/`}
        verb="Decide"
        needs="chats:write"
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
          needs="missions:write"
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
          needs="missions:write"
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
          needs="missions:write"
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
          needs="deployments:write"
        />
      )),
    ...(connections.data?.items ?? [])
      .filter(({ kind, state }) => kind === 'remote' && (state === 'pairing' || state === 'refused'))
      .map((connection) => (
        <Need
          key={connection.id}
          Icon={Cable}
          title={
            connection.state === 'pairing'
              ? `${connection.name} waits to be paired`
              : `${connection.name} refuses Aether`
          }
          about={connection.reason?.cause}
          href="/settings/?section=connections"
          verb={connection.state === 'pairing' ? 'Pair' : 'Look'}
          needs="connections:write"
        />
      )),
    ...(budgets.data?.items ?? [])
      .filter(isUsedUp)
      .map((budget) => (
        <Need
          key={budget.id}
          Icon={Wallet}
          title={`The model budget of ${budgetOwner(budget, deployments.items)} is used up`}
          about="Its model calls are refused until the limit is raised or the period ends."
          href={
            budget.scope === 'mission'
              ? `/missions/${budget.scopeId}/`
              : `/settings/?section=${budget.scope === 'deployment' ? 'models' : 'budgets'}`
          }
          verb="Raise"
          needs="settings:write"
        />
      )),
  ];
  const failed = failedOf(sources);
  if (needs.length === 0 && failed.length === 0)
    return sources.some(({ isLoading }) => isLoading) ? (
      <Skeleton rows={2} />
    ) : (
      <p className="px-4 py-5 text-dim">Nothing waits for you.</p>
    );
  return (
    <>
      <Unread failed={failed} />
      {needs.length > 0 && (
        <ul className="divide-y divide-line">
          {needs.slice(0, SHOWN)}
          {needs.length > SHOWN && <Beyond count={needs.length - SHOWN} />}
        </ul>
      )}
    </>
  );
}
