'use client';
import { MessageSquare, Rocket } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '@/api/session';
import { AgentMark } from '@/ui/agent-mark';
import { Button, ButtonLink } from '@/ui/button';
import { Figure } from '@/ui/card';
import { Drawer } from '@/ui/dialog';
import { StateBadge } from '@/ui/state';
import { TabLine } from '@/ui/tabs';
import { money } from '@/ui/words';
import { AgentHealth } from './agent-health';
import { stateOf, successOf, type AgentRow } from './agent-rows';
import { AgentSettings } from './agent-settings';

const tabs = [
  { id: 'settings', label: 'Work' },
  { id: 'health', label: 'Health' },
] as const;

export function AgentDrawer({
  row,
  onClose,
  onChat,
}: {
  readonly row: AgentRow;
  readonly onClose: () => void;
  readonly onChat: () => void;
}) {
  const may = useMay();
  const [tab, setTab] = useState<(typeof tabs)[number]['id']>('settings');
  const { pool, deployment, model } = row;
  const success = pool ? successOf(pool) : null;
  return (
    <Drawer open onClose={onClose} title={row.name}>
      <div className="space-y-4 border-b border-line p-4 pb-0">
        <div className="flex items-center gap-3">
          <AgentMark name={row.name} size="large" />
          <div className="min-w-0 flex-1">
            <StateBadge state={stateOf(row)} />
            <p className="mt-1 truncate text-12 text-dim">{model}</p>
          </div>
          {pool?.online && may('chats:write') && (
            <Button look="primary" onClick={onChat}>
              <MessageSquare aria-hidden /> Chat
            </Button>
          )}
          {deployment && (
            <ButtonLink href={`/deployments/${deployment.id}/`}>
              <Rocket aria-hidden /> Deployment
            </ButtonLink>
          )}
        </div>
        {pool && (
          <dl className="grid grid-cols-4 gap-3">
            <Figure label="Tasks now">
              {pool.load} of {pool.concurrency}
            </Figure>
            <Figure label="Accepted">{pool.accepted}</Figure>
            <Figure label="Success">{success === null ? '–' : `${Math.round(success * 100)} %`}</Figure>
            <Figure label="Cost">{money(pool.costUsd)}</Figure>
          </dl>
        )}
        <TabLine label="About the agent" tabs={tabs} value={tab} onChange={setTab} />
      </div>
      {tab === 'settings' &&
        (pool ? (
          <AgentSettings key={pool.id} agent={pool} />
        ) : (
          <p className="p-4 text-dim">
            {deployment?.waitsFor ??
              'Missions cannot use it yet: an agent joins the pool as soon as its deployment is ready.'}
          </p>
        ))}
      {tab === 'health' && <AgentHealth deploymentId={deployment?.id ?? pool?.deploymentId ?? ''} />}
    </Drawer>
  );
}
