'use client';
import type { Attempt, PoolAgent } from '@aether/contracts/execution';
import { MessageSquare, Rocket } from 'lucide-react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { useTalk } from '@/chat/use-talk';
import { Body, Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { Button, ButtonLink } from '@/ui/button';
import { Card, Figure } from '@/ui/card';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge, StateIcon, wordOf } from '@/ui/state';
import { Ago } from '@/ui/time';
import { money } from '@/ui/words';
import { AgentHealth } from './agent-health';
import { stateOf, successOf } from './agent-rows';
import { AgentSettings } from './agent-settings';
import { InGateway } from './in-gateway';
import { Instructions } from './instructions';

const crumbs = [{ label: 'Agents', href: '/agents/' }];

export function AgentScreen() {
  const id = usePathId();
  const pool = useRead('GET /api/v1/pool', {});
  const agent = pool.data?.items.find((each) => each.id === id);
  if (agent) return <AgentOf key={agent.id} agent={agent} />;
  return (
    <Page title="Agent" crumbs={crumbs}>
      {pool.data && id ? (
        <Empty title="There is no such agent">It may have been deleted with its deployment.</Empty>
      ) : (
        <Loaded query={pool}>{() => <Skeleton />}</Loaded>
      )}
    </Page>
  );
}

function AgentOf({ agent }: { readonly agent: PoolAgent }) {
  const may = useMay();
  const talk = useTalk();
  const { deploymentId, agentId } = agent;
  const agents = useRead('GET /api/v1/agents', {}, { enabled: may('agents:read') });
  const own = agents.data?.items.find((each) => each.deploymentId === deploymentId && each.id === agentId);
  const isDeployed = own !== undefined && !own.remote;
  const deployment = useRead('GET /api/v1/deployments/{id}', { id: deploymentId }, { enabled: isDeployed });
  return (
    <Page
      title={agent.name}
      crumbs={crumbs}
      state={
        <StateBadge state={stateOf({ deployment: deployment.data, pool: agent, online: agent.online })} />
      }
      actions={
        <>
          {isDeployed && (
            <ButtonLink href={`/deployments/${deploymentId}/`}>
              <Rocket aria-hidden /> Deployment
            </ButtonLink>
          )}
          {may('chats:write') && (
            <Button
              look="primary"
              disabled={!agent.online}
              busy={talk.isPending}
              onClick={() => talk.mutate({ deploymentId, agentId })}
            >
              <MessageSquare aria-hidden /> Chat
            </Button>
          )}
        </>
      }
    >
      <Body>
        <Fault error={talk.error} />
        <Record agent={agent} model={own?.model ?? deployment.data?.model ?? null} />
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <div className="min-w-0 space-y-6">
            <Card title="Use in missions">
              <AgentSettings agent={agent} />
            </Card>
            {own && <InGateway key={own.name} agent={own} />}
            <Chats deploymentId={deploymentId} />
          </div>
          <div className="min-w-0 space-y-6">
            {may('agents:read') && <Instructions agent={agent} />}
            <Attempts agentId={agent.id} />
            <AgentHealth deploymentId={deploymentId} />
          </div>
        </div>
      </Body>
    </Page>
  );
}

function Record({ agent, model }: { readonly agent: PoolAgent; readonly model: string | null }) {
  const success = successOf(agent);
  return (
    <dl className="grid grid-cols-2 gap-4 md:grid-cols-5">
      <Figure label="Tasks now">
        {agent.load} of {agent.concurrency}
      </Figure>
      <Figure label="Success" hint={`${agent.accepted} accepted, ${agent.failed} not`}>
        {success === null ? '–' : `${Math.round(success * 100)} %`}
      </Figure>
      <Figure label="Cost so far">{money(agent.costUsd)}</Figure>
      <Figure label="Model">
        <span title={model ?? undefined}>{model ?? '–'}</span>
      </Figure>
      <Figure label="Agent">
        <span className="font-mono text-13">{agent.agentId}</span>
      </Figure>
    </dl>
  );
}

/** What it did lately for missions. */
function Attempts({ agentId }: { readonly agentId: string }) {
  const may = useMay()('missions:read');
  const attempts = useRead('GET /api/v1/attempts', { agentId, limit: 10 }, { enabled: may });
  if (!may) return null;
  return (
    <Card title="Lately" flush>
      <Loaded query={attempts} skeleton={<Skeleton rows={3} />}>
        {({ items }) => {
          if (items.length === 0) return <p className="p-4 text-dim">It has done no tasks lately.</p>;
          return (
            <ul className="divide-y divide-line">
              {items.map((attempt) => (
                <AttemptRow key={attempt.id} attempt={attempt} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function AttemptRow({ attempt }: { readonly attempt: Attempt }) {
  const task = useRead('GET /api/v1/tasks/{id}', { id: attempt.taskId });
  return (
    <li>
      <Link
        href={`/missions/${attempt.missionId}/?task=${attempt.taskId}`}
        className="flex h-10 items-center gap-3 px-4 hover:bg-raised"
      >
        <StateIcon state={attempt.state} />
        <span className="min-w-0 flex-1 truncate" title={attempt.reason?.cause ?? task.data?.title}>
          {task.data?.title ?? `Attempt ${attempt.number}`}
        </span>
        <span className="text-12 text-dim">{wordOf(attempt.state)}</span>
        <Ago at={attempt.updatedAt} className="w-16 text-right text-12 text-dim" />
      </Link>
    </li>
  );
}

function Chats({ deploymentId }: { readonly deploymentId: string }) {
  const chats = useReadPages('GET /api/v1/chats', { deploymentId, limit: 15 });
  return (
    <Card title="Chats" flush>
      <Loaded query={chats} skeleton={<Skeleton rows={3} />}>
        {() =>
          chats.items.length === 0 ? (
            <Empty drawing="talk" title="No chats yet" />
          ) : (
            <ul className="divide-y divide-line">
              {chats.items.map((chat) => (
                <li key={chat.id}>
                  <Link
                    href={`/chats/${chat.id}/`}
                    className="flex h-10 items-center gap-3 px-4 hover:bg-raised"
                  >
                    <span className="min-w-0 flex-1 truncate" title={chat.title}>
                      {chat.title}
                    </span>
                    <Ago at={chat.updatedAt} className="text-12 text-dim" />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
