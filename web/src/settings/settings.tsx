'use client';
import dynamic from 'next/dynamic';
import { useMay, useMe } from '@/api/session';
import { Page } from '@/frame/page';
import { useQueryState } from '@/frame/query-state';
import { classes } from '@/ui/classes';
import { Skeleton } from '@/ui/feedback';
import { About } from './about';
import { ApiKeys } from './api-keys';
import { Appearance } from './appearance';
import { Budgets } from './budgets';
import { Notifications } from './notifications';
import { People } from './people';
import { Profile } from './profile';
import { Security } from './security';
import { Sessions } from './sessions';
import { settingsSections, type SectionId } from './sections';

const ModelProviders = dynamic(
  () => import('@/models/model-providers').then((module) => module.ModelProviders),
  { loading: () => <Skeleton /> },
);

const Connections = dynamic(() => import('@/connections/connections').then((module) => module.Connections), {
  loading: () => <Skeleton />,
});

const contents: Readonly<Record<SectionId, () => React.ReactNode>> = {
  profile: () => <Profile />,
  security: () => <Security />,
  sessions: () => <Sessions />,
  keys: () => <ApiKeys />,
  appearance: () => <Appearance />,
  notifications: () => <Notifications />,
  people: () => <People />,
  connections: () => <Connections />,
  models: () => <ModelProviders />,
  budgets: () => <Budgets />,
  about: () => <About />,
};

/** On a phone the list is wider than the page. */
const intoSight = (button: HTMLButtonElement | null) =>
  button?.scrollIntoView({ block: 'nearest', inline: 'center' });

export function Settings() {
  const me = useMe().data;
  const may = useMay();
  const shown = settingsSections.filter(({ needs }) => !needs || may(needs));
  const usual: SectionId = me?.type === 'key' ? 'about' : 'profile';
  const [wanted, choose] = useQueryState<SectionId>('section', usual);
  const section = shown.find(({ id }) => id === wanted) ?? shown.find(({ id }) => id === usual) ?? shown[0];
  return (
    <Page title={section?.label ?? 'Settings'} crumbs={[{ label: 'Settings', href: '/settings/' }]}>
      <div className="mx-auto flex w-full max-w-5xl flex-col gap-4 p-4 md:flex-row md:gap-8 md:p-6">
        <nav
          aria-label="Settings"
          className="-mx-4 flex shrink-0 gap-1 overflow-x-auto px-4 pb-1 md:mx-0 md:w-48 md:flex-col md:overflow-visible md:px-0"
        >
          {shown.map(({ id, label, group, Icon }, at) => (
            <div key={id} className="contents">
              {shown[at - 1]?.group !== group && (
                <p className="hidden px-2.5 pt-3 pb-1 text-11 font-medium text-dim md:block">{group}</p>
              )}
              <button
                type="button"
                aria-current={id === section?.id ? 'page' : undefined}
                ref={id === section?.id ? intoSight : undefined}
                onClick={() => choose(id)}
                className={classes(
                  'flex h-8 shrink-0 items-center gap-2.5 rounded-control px-2.5 text-left whitespace-nowrap transition-colors duration-150',
                  id === section?.id
                    ? 'bg-accent-quiet text-accent'
                    : 'text-dim hover:bg-raised hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {label}
              </button>
            </div>
          ))}
        </nav>
        <div className="min-w-0 flex-1 space-y-6" key={section?.id}>
          {section && contents[section.id]()}
        </div>
      </div>
    </Page>
  );
}
