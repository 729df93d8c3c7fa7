'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { useRead } from '@/api/queries';
import { Body, Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { useQueryState } from '@/frame/query-state';
import { Card, Figure } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { StateBadge, Tag } from '@/ui/state';
import { TabLine } from '@/ui/tabs';
import { Ago } from '@/ui/time';
import { ConfigTab } from './config-tab';
import { runtimeWords } from './runtimes';
import { DeploymentActs } from './deployment-acts';
import { Figures } from './figures';
import { LogView } from './log-view';
import { StepTimeline } from './step-timeline';
import { operationWords } from './steps';

const tabs = [
  { id: 'timeline', label: 'Timeline' },
  { id: 'logs', label: 'Logs' },
  { id: 'figures', label: 'Figures' },
  { id: 'config', label: 'Configuration' },
] as const;
type TabId = (typeof tabs)[number]['id'];

const crumbs = [{ label: 'Deployments', href: '/deployments/' }];

export function DeploymentScreen() {
  const id = usePathId();
  return id ? (
    <DeploymentOf key={id} id={id} />
  ) : (
    <Page title="Deployment" crumbs={crumbs}>
      <Skeleton />
    </Page>
  );
}

function DeploymentOf({ id }: { readonly id: string }) {
  const deployment = useRead('GET /api/v1/deployments/{id}', { id });
  const [tab, setTab] = useQueryState<TabId>('view', 'timeline');
  const { data } = deployment;
  return (
    <Page
      title={data?.name ?? 'Deployment'}
      crumbs={crumbs}
      fills={tab === 'logs'}
      state={
        data && (
          <span className="flex items-center gap-2">
            <StateBadge state={data.state} />
            {data.visibility === 'private' && <Tag>private</Tag>}
          </span>
        )
      }
      actions={data && <DeploymentActs deployment={data} />}
      tabs={<TabLine label="Views of the deployment" tabs={tabs} value={tab} onChange={setTab} />}
    >
      <Loaded query={deployment}>
        {(present) =>
          tab === 'logs' ? (
            <LogView id={present.id} name={present.name} />
          ) : (
            <Body>
              {tab === 'timeline' && <Timeline deployment={present} />}
              {tab === 'figures' && <Figures deployment={present} />}
              {tab === 'config' && <ConfigTab deployment={present} />}
            </Body>
          )
        }
      </Loaded>
    </Page>
  );
}

function Timeline({ deployment }: { readonly deployment: Deployment }) {
  const { operation, template, runtime, model, capabilities, updatedAt } = deployment;
  return (
    <>
      <Card
        flush
        title={operationWords[operation]}
        action={
          <span className="text-12 text-dim">
            <Ago at={updatedAt} />
          </span>
        }
      >
        <div className="py-2">
          <StepTimeline deployment={deployment} />
        </div>
      </Card>
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure label="Template">{template}</Figure>
        <Figure label="Runs as">{runtimeWords[runtime]}</Figure>
        <Figure label="Model">
          <span title={model}>{model}</span>
        </Figure>
        <div className="min-w-0 space-y-1">
          <dt className="text-12 text-dim">Can do</dt>
          <dd className="flex flex-wrap gap-1">
            {capabilities.map((each) => (
              <Tag key={each}>{each}</Tag>
            ))}
          </dd>
        </div>
      </dl>
    </>
  );
}
