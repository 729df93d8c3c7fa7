'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { MessageSquare, Play, RotateCw, Square, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { useTalk } from '@/chats/use-talk';
import { Body, Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { useQueryState } from '@/frame/query-state';
import { Button, IconButton } from '@/ui/button';
import { Card } from '@/ui/card';
import { Confirm } from '@/ui/dialog';
import { Fault, Loaded, Skeleton } from '@/ui/feedback';
import { StateBadge, Tag } from '@/ui/state';
import { TabLine } from '@/ui/tabs';
import { exact, sentence } from '@/ui/words';
import { Figures } from './figures';
import { LogView } from './log-view';
import { StepTimeline } from './step-timeline';

const tabs = [
  { id: 'steps', label: 'Steps' },
  { id: 'logs', label: 'Logs' },
  { id: 'figures', label: 'Figures' },
  { id: 'settings', label: 'Settings' },
] as const;
type TabId = (typeof tabs)[number]['id'];

export function DeploymentScreen() {
  const id = usePathId();
  return id ? (
    <DeploymentOf key={id} id={id} />
  ) : (
    <Page title="Deployment">
      <Skeleton />
    </Page>
  );
}

function DeploymentOf({ id }: { readonly id: string }) {
  const deployment = useRead('GET /api/v1/deployments/{id}', { id });
  const [tab, setTab] = useQueryState<TabId>('view', 'steps');
  return (
    <Page
      title={deployment.data?.name ?? 'Deployment'}
      crumbs={[{ label: 'Deployments', href: '/deployments/' }]}
      fills={tab === 'logs'}
      state={deployment.data && <StateBadge state={deployment.data.state} />}
      actions={deployment.data && <Acts deployment={deployment.data} />}
      tabs={<TabLine label="Parts of the deployment" tabs={tabs} value={tab} onChange={setTab} />}
    >
      <Loaded query={deployment}>
        {(data) =>
          tab === 'logs' ? (
            <div className="min-h-0 flex-1 p-4 md:p-6">
              <LogView deploymentId={id} />
            </div>
          ) : (
            <Body narrow>
              {tab === 'steps' && (
                <Card title={sentence(data.operation)} action={data.waitsFor && <span className="truncate text-12 text-dim">{data.waitsFor}</span>}>
                  <StepTimeline deployment={data} />
                </Card>
              )}
              {tab === 'figures' && <Figures deployment={data} />}
              {tab === 'settings' && <Facts deployment={data} />}
            </Body>
          )
        }
      </Loaded>
    </Page>
  );
}

function Acts({ deployment: { id, name, state } }: { readonly deployment: Deployment }) {
  const may = useMay();
  const router = useRouter();
  const [asked, setAsked] = useState(false);
  const start = useChange('POST /api/v1/deployments/{id}/start');
  const stop = useChange('POST /api/v1/deployments/{id}/stop');
  const restart = useChange('POST /api/v1/deployments/{id}/restart');
  const remove = useChange('DELETE /api/v1/deployments/{id}', { onDone: () => router.push('/deployments/') });
  const talk = useTalk();
  const runs = state === 'ready' || state === 'degraded';
  return (
    <>
      <Fault error={start.error ?? stop.error ?? restart.error ?? talk.error} className="max-w-80" />
      {may('chats:write') && state === 'ready' && (
        <Button look="primary" busy={talk.isPending} onClick={() => talk.mutate({ deploymentId: id })}>
          <MessageSquare aria-hidden /> Talk
        </Button>
      )}
      {may('deployments:write') && (
        <>
          {state === 'stopped' && (
            <Button look="primary" busy={start.isPending} onClick={() => start.mutate({ id })}>
              <Play aria-hidden /> Start
            </Button>
          )}
          {runs && (
            <>
              <IconButton label="Restart" onClick={() => restart.mutate({ id })}>
                <RotateCw aria-hidden />
              </IconButton>
              <IconButton label="Stop" onClick={() => stop.mutate({ id })}>
                <Square aria-hidden />
              </IconButton>
            </>
          )}
          <IconButton label="Delete" onClick={() => setAsked(true)}>
            <Trash2 aria-hidden />
          </IconButton>
        </>
      )}
      <Confirm open={asked} onClose={() => setAsked(false)} title={`Delete ${name}?`} verb="Delete" onConfirm={() => remove.mutate({ id })} busy={remove.isPending} error={remove.error}>
        Its state, its chats and its workspace go for good.
      </Confirm>
    </>
  );
}

function Facts({ deployment }: { readonly deployment: Deployment }) {
  const may = useMay();
  const models = useRead('GET /api/v1/models', {});
  const [model, setModel] = useState(deployment.model);
  const redeploy = useChange('POST /api/v1/deployments/{id}/redeploy');
  const facts: [string, string | null | undefined][] = [
    ['Template', deployment.template],
    ['Runs as', deployment.runtime],
    ['Address', deployment.url],
    ['Image', deployment.image],
    ['Created', exact(deployment.createdAt)],
    ['Id', deployment.id],
  ];
  return (
    <>
      <Card title="What it is">
        <dl className="grid gap-3 sm:grid-cols-2">
          {facts
            .filter((fact): fact is [string, string] => Boolean(fact[1]))
            .map(([name, value]) => (
              <div key={name} className="min-w-0">
                <dt className="text-12 text-dim">{name}</dt>
                <dd className="font-mono text-12 break-all">{value}</dd>
              </div>
            ))}
        </dl>
        <p className="mt-4 flex flex-wrap gap-1">
          {deployment.capabilities.map((each) => (
            <Tag key={each}>{each}</Tag>
          ))}
        </p>
      </Card>
      <Card title="Model">
        <form
          className="flex flex-wrap items-center gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            redeploy.mutate({ id: deployment.id, model });
          }}
        >
          <select aria-label="Model" disabled={!may('deployments:write')} value={model} onChange={(event) => setModel(event.target.value)} className="h-8 min-w-60 rounded-control border border-line-strong/60 bg-surface px-2">
            {[...new Set([deployment.model, ...(models.data?.models.map(({ id }) => id) ?? [])])].map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
          {may('deployments:write') && (
            <Button type="submit" busy={redeploy.isPending} disabled={model === deployment.model}>
              Redeploy with this model
            </Button>
          )}
          <p className="w-full text-12 text-dim">What does not become ready is taken back by itself.</p>
          <Fault error={redeploy.error} />
        </form>
      </Card>
    </>
  );
}
