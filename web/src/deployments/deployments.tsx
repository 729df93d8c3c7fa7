'use client';
import { Plus } from 'lucide-react';
import { useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { AgentMark } from '@/ui/agent-mark';
import { ButtonLink } from '@/ui/button';
import { Empty, Loaded } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge, Tag } from '@/ui/state';
import { Ago } from '@/ui/time';

export function Deployments() {
  const may = useMay();
  const deployments = useReadPages('GET /api/v1/deployments', { limit: 100 });
  const shown = deployments.items.filter(({ state }) => state !== 'deleted');
  const deploy = may('deployments:write') && (
    <ButtonLink href="/deployments/new/" look="primary">
      <Plus aria-hidden /> Deploy an agent
    </ButtonLink>
  );
  return (
    <Page title="Deployments" actions={deploy}>
      <Body>
        <Loaded query={deployments}>
          {() =>
            shown.length === 0 ? (
              <Empty title="Nothing is deployed" action={deploy}>
                Choose a template and a name. The steps show themselves as they happen.
              </Empty>
            ) : (
              <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
                {shown.map((deployment) => (
                  <li key={deployment.id}>
                    <Link href={`/deployments/${deployment.id}/`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-raised">
                      <AgentMark name={deployment.name} />
                      <span className="min-w-0 flex-1 basis-40">
                        <span className="block truncate font-medium">{deployment.name}</span>
                        <span className="block truncate text-12 text-dim" title={deployment.failure?.cause ?? undefined}>
                          {deployment.failure?.cause ?? deployment.waitsFor ?? `${deployment.template}, ${deployment.model}`}
                        </span>
                      </span>
                      <Tag>{deployment.runtime}</Tag>
                      <StateBadge state={deployment.state} />
                      <Ago at={deployment.updatedAt} className="w-16 text-right text-12 text-dim" />
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Body>
    </Page>
  );
}
