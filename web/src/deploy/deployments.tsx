'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { Plus } from 'lucide-react';
import { useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { AgentMark } from '@/ui/agent-mark';
import { Button, ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Empty, Loaded } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge, Tag } from '@/ui/state';
import { Ago } from '@/ui/time';

export function Deployments() {
  const may = useMay();
  const deployments = useReadPages('GET /api/v1/deployments', { limit: 100 });
  const rows = deployments.items.filter(({ state }) => state !== 'deleted');
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
            rows.length === 0 ? (
              <Empty title="Nothing is deployed" action={deploy}>
                Aether starts OpenClaw gateways as processes or containers of this machine, connects to them,
                and repairs them when they fail.
              </Empty>
            ) : (
              <Card flush>
                <ul>
                  {rows.map((each) => (
                    <Row key={each.id} deployment={each} />
                  ))}
                </ul>
              </Card>
            )
          }
        </Loaded>
        {deployments.hasNextPage && (
          <Button busy={deployments.isFetchingNextPage} onClick={() => void deployments.fetchNextPage()}>
            Show more
          </Button>
        )}
      </Body>
    </Page>
  );
}

function Row({ deployment }: { readonly deployment: Deployment }) {
  const { id, name, template, runtime, model, state, waitsFor, failure, visibility, updatedAt } = deployment;
  const note = failure?.cause ?? waitsFor;
  return (
    <li className="border-b border-line last:border-b-0">
      <Link
        href={`/deployments/${id}/`}
        className="flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-raised"
      >
        <AgentMark name={name} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" title={name}>
            {name}
          </span>
          <span className="block truncate text-12 text-dim" title={note ?? undefined}>
            {note ?? `${template} · ${model}`}
          </span>
        </span>
        {visibility === 'private' && <Tag>private</Tag>}
        <span className="hidden w-20 text-12 text-dim sm:block">{runtime}</span>
        <span className="flex shrink-0 justify-end sm:w-28 sm:justify-start">
          <StateBadge state={state} />
        </span>
        <Ago at={updatedAt} className="hidden w-16 text-right text-12 text-dim sm:block" />
      </Link>
    </li>
  );
}
