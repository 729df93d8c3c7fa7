'use client';
import { Columns3, Plus, Rows3, Table2 } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { useQueryState } from '@/frame/query-state';
import { ButtonLink } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Empty, Loaded } from '@/ui/feedback';
import { SearchField } from '@/ui/search-field';
import { Board } from './board';
import { asked, Filters, noFilter, type Filter } from './filters';
import { Lanes } from './lanes';
import { MissionTable } from './mission-table';

const views = [
  { id: 'board', label: 'Board', Icon: Columns3 },
  { id: 'lanes', label: 'Lanes', Icon: Rows3 },
  { id: 'table', label: 'Table', Icon: Table2 },
] as const;

const noCounts: Partial<Record<string, number>> = {};

export function Missions() {
  const may = useMay();
  const [view, setView] = useQueryState<(typeof views)[number]['id']>('as', 'board');
  const [filter, setFilter] = useState<Filter>(noFilter);
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const board = useRead('GET /api/v1/board', {});
  const narrow = useMemo(() => ({ ...(search && { search }), ...asked(filter) }), [search, filter]);
  const missions = useReadPages('GET /api/v1/missions', { limit: 100, ...narrow });
  const counts = board.data?.missions ?? noCounts;
  const total = Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
  const isNarrowed = Object.keys(narrow).length > 0;
  const create = may('missions:write') && (
    <ButtonLink href="/missions/new/" look="primary">
      <Plus aria-hidden /> New mission
    </ButtonLink>
  );
  return (
    <Page
      title="Missions"
      fills
      actions={
        <>
          <SearchField
            label="Search missions"
            value={words}
            onWords={setWords}
            placeholder="Search"
            className="w-full sm:w-44 lg:w-60"
          />
          <div role="group" aria-label="View" className="flex rounded-control border border-line p-0.5">
            {views.map(({ id, label, Icon }) => (
              <button
                key={id}
                type="button"
                aria-pressed={view === id}
                title={label}
                onClick={() => setView(id)}
                className={classes(
                  'flex size-6.5 min-h-[24px] min-w-[24px] items-center justify-center rounded-sm',
                  view === id ? 'bg-raised text-ink' : 'text-dim hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4" />
                <span className="sr-only">{label}</span>
              </button>
            ))}
          </div>
          {create}
        </>
      }
    >
      <Filters
        filter={filter}
        missions={missions.items}
        onChange={(next) => setFilter(Object.values(next).some(Boolean) ? next : noFilter)}
      />
      <div className="min-h-0 flex-1">
        <Loaded query={missions}>
          {() =>
            missions.items.length === 0 ? (
              <Empty
                drawing="graph"
                title={isNarrowed ? 'No mission is like this' : 'No missions yet'}
                action={!isNarrowed && create}
              >
                {isNarrowed
                  ? 'Titles and goals are searched; each filter narrows what is found.'
                  : 'Write down what you want done. Jason breaks it into tasks, you look at the plan, and agents carry it out side by side.'}
              </Empty>
            ) : view === 'board' ? (
              <Board narrow={narrow} counts={counts} />
            ) : view === 'lanes' ? (
              <Lanes missions={missions.items} onEnd={missions.more} />
            ) : (
              <MissionTable
                missions={missions.items}
                {...(!isNarrowed && board.data && { total })}
                onEnd={missions.more}
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}
