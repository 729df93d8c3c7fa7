'use client';
import { LayoutGrid, Plus, Rows3 } from 'lucide-react';
import { useCallback, useDeferredValue, useState } from 'react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { ButtonLink } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Empty, Loaded } from '@/ui/feedback';
import { SearchField } from '@/ui/search-field';
import { Board } from './board';
import { MissionTable } from './mission-table';

const views = [
  { id: 'board', label: 'Board', Icon: LayoutGrid },
  { id: 'table', label: 'Table', Icon: Rows3 },
] as const;

export function Missions() {
  const may = useMay();
  const [view, setView] = useState<'board' | 'table'>('board');
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const board = useRead('GET /api/v1/board', {});
  const missions = useReadPages('GET /api/v1/missions', { limit: 100, ...(search && { search }) });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = missions;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
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
            className="hidden w-44 sm:block lg:w-60"
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
                  'flex size-6.5 items-center justify-center rounded-sm',
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
      <Loaded query={missions}>
        {() =>
          missions.items.length === 0 ? (
            <Empty
              drawing="graph"
              title={search ? 'No mission has these words' : 'No missions yet'}
              action={!search && create}
            >
              {search
                ? 'Titles and goals are searched.'
                : 'Write down what you want done. Jason breaks it into tasks, you look at the plan, and agents carry it out side by side.'}
            </Empty>
          ) : view === 'board' ? (
            <Board missions={missions.items} counts={board.data?.missions ?? {}} />
          ) : (
            <MissionTable missions={missions.items} onEnd={more} />
          )
        }
      </Loaded>
    </Page>
  );
}
