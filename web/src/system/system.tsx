'use client';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { useQueryState } from '@/frame/query-state';
import { TabLine } from '@/ui/tabs';
import { Disk } from './disk';
import { Events } from './events';
import { Figures } from './figures';
import { Keys } from './keys';
import { Parts } from './parts';
import { Secrets } from './secrets';
import { Undelivered } from './undelivered';

type Tab = 'overview' | 'figures' | 'events' | 'undelivered';

export function System() {
  const may = useMay();
  const [wanted, choose] = useQueryState<Tab>('tab', 'overview');
  const tabs = [
    { id: 'overview', label: 'Overview' },
    ...(may('system:read') ? [{ id: 'figures', label: 'Figures' } as const] : []),
    { id: 'events', label: 'Events' },
    ...(may('system:read') ? [{ id: 'undelivered', label: 'Undelivered' } as const] : []),
  ] as const satisfies readonly { id: Tab; label: string }[];
  const tab = tabs.some(({ id }) => id === wanted) ? wanted : 'overview';
  return (
    <Page
      title="System"
      fills={tab === 'events'}
      tabs={<TabLine label="System" tabs={tabs} value={tab} onChange={choose} />}
    >
      {tab === 'events' ? (
        <Events />
      ) : (
        <Body>
          {tab === 'overview' && (
            <>
              <Parts />
              {may('missions:read') && <Disk />}
              {may('system:read') && <Keys />}
              {may('secrets:read') && <Secrets />}
            </>
          )}
          {tab === 'figures' && <Figures />}
          {tab === 'undelivered' && <Undelivered />}
        </Body>
      )}
    </Page>
  );
}
