'use client';
import type { PoolAgent } from '@aether/contracts/execution';
import { CircleCheck, CircleX, MessageSquare } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { useTalk } from '@/chats/use-talk';
import { Body, Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { Button, ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { CheckField, TextField } from '@/ui/field';
import { Link } from '@/ui/link';
import { StateBadge } from '@/ui/state';
import { Ago } from '@/ui/time';

export function AgentScreen() {
  const id = usePathId();
  const pool = useRead('GET /api/v1/pool', {});
  const agent = pool.data?.items.find((each) => each.id === id);
  if (agent) return <AgentOf key={agent.id} agent={agent} />;
  return (
    <Page title="Agent" crumbs={[{ label: 'Agents', href: '/agents/' }]}>
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
  const chats = useReadPages('GET /api/v1/chats', { deploymentId: agent.deploymentId, limit: 30 });
  return (
    <Page
      title={agent.name}
      crumbs={[{ label: 'Agents', href: '/agents/' }]}
      state={
        <StateBadge
          state={agent.online ? 'connected' : 'disconnected'}
          word={agent.online ? 'Online' : 'Offline'}
        />
      }
      actions={
        <>
          <ButtonLink href={`/deployments/${agent.deploymentId}/`}>Deployment</ButtonLink>
          {may('chats:write') && (
            <Button
              look="primary"
              disabled={!agent.online}
              busy={talk.isPending}
              onClick={() => talk.mutate({ deploymentId: agent.deploymentId, agentId: agent.agentId })}
            >
              <MessageSquare aria-hidden /> Talk
            </Button>
          )}
        </>
      }
    >
      <Body>
        <Fault error={talk.error} />
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <Card title="Chats" flush>
            <Loaded query={chats}>
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
          <div className="min-w-0 space-y-6">
            <Use agent={agent} />
            <Health deploymentId={agent.deploymentId} />
          </div>
        </div>
      </Body>
    </Page>
  );
}

/** What missions may use the agent for. */
function Use({ agent }: { readonly agent: PoolAgent }) {
  const may = useMay();
  const [capabilities, setCapabilities] = useState(agent.capabilities.join(' '));
  const [concurrency, setConcurrency] = useState(String(agent.concurrency));
  const [enabled, setEnabled] = useState(agent.enabled);
  const update = useChange('PATCH /api/v1/pool/{id}', { refresh: ['GET /api/v1/pool'] });
  const mayWrite = may('agents:write');
  return (
    <Card title="Use in missions">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({
            id: agent.id,
            capabilities: capabilities.split(/[\s,]+/).filter(Boolean),
            concurrency: Number(concurrency),
            enabled,
          });
        }}
      >
        <fieldset disabled={!mayWrite} className="space-y-4">
          <legend className="sr-only">Use in missions</legend>
          <CheckField
            label="May be given tasks"
            checked={enabled}
            onChange={(event) => setEnabled(event.target.checked)}
          />
          <TextField
            label="Capabilities"
            value={capabilities}
            onChange={(event) => setCapabilities(event.target.value)}
            hint="Words that tasks ask for, such as coding or writing."
          />
          <TextField
            label="Tasks at the same time"
            type="number"
            min={1}
            max={64}
            value={concurrency}
            onChange={(event) => setConcurrency(event.target.value)}
          />
          <Fault error={update.error} />
          {mayWrite && (
            <Button type="submit" busy={update.isPending}>
              Save
            </Button>
          )}
        </fieldset>
      </form>
    </Card>
  );
}

/** Each look at the gateway, with its steps. */
function Health({ deploymentId }: { readonly deploymentId: string }) {
  const connections = useRead('GET /api/v1/connections', { limit: 200 });
  const connection = connections.data?.items.find((each) => each.deploymentId === deploymentId);
  const probes = useRead(
    'GET /api/v1/connections/{id}/probes',
    { id: connection?.id ?? '', limit: 10 },
    { enabled: connection !== undefined },
  );
  return (
    <Card title="Health" action={connection && <StateBadge state={connection.state} />} flush>
      {connection?.reason && (
        <p className="m-3 rounded-control bg-bad-quiet px-3 py-2 text-bad">
          {connection.reason.cause} {connection.reason.remedy}
        </p>
      )}
      <Loaded query={probes} skeleton={<Skeleton rows={3} />}>
        {({ items }) => (
          <ul className="divide-y divide-line">
            {items.map((probe) => (
              <li key={probe.at} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-12">
                <Ago at={probe.at} className="w-16 text-dim" />
                {probe.checks.map((check) => {
                  const Icon = check.ok ? CircleCheck : CircleX;
                  return (
                    <span
                      key={check.name}
                      title={check.detail ?? undefined}
                      className="flex items-center gap-1"
                    >
                      <Icon
                        aria-label={check.ok ? 'passed' : 'failed'}
                        className={check.ok ? 'size-3.5 text-good' : 'size-3.5 text-bad'}
                      />
                      {check.name} <span className="text-dim">{Math.round(check.ms)} ms</span>
                    </span>
                  );
                })}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
