'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { useReadAll } from '@/api/queries';
import { Body } from '@/frame/page';
import { Empty, Loaded, Skeleton } from '@/ui/feedback';
import { StateBadge } from '@/ui/state';
import { useNow } from '@/ui/time';
import { plural } from '@/ui/words';
import type { GraphTask } from '../graph/graph-task';
import { countUntil, momentOf } from '../history';
import { inOrder } from '../task-list';
import { Gantt } from './gantt';
import { ReplayBar } from './replay-bar';
import { useReplay } from './use-replay';

const TaskGraph = dynamic(() => import('../graph/task-graph').then((module) => module.TaskGraph), {
  loading: () => <Skeleton rows={3} height={84} />,
});

const time = (at: string | null) => (at === null ? null : Date.parse(at));

/** Who worked on what, when; and the mission as it was at any moment, from its history. */
export function Timeline({
  mission,
  tasks,
  onSelect,
}: {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly onSelect: (taskId: string) => void;
}) {
  const attempts = useReadAll('GET /api/v1/attempts', { missionId: mission.id, limit: 200 });
  const history = useReadAll('GET /api/v1/missions/{id}/history', { id: mission.id, limit: 200 });
  const now = useNow();
  const begin = time(mission.startedAt) ?? Date.parse(mission.createdAt);
  const end = Math.max(begin + 1_000, time(mission.finishedAt) ?? now);
  const replay = useReplay({ begin, end });
  const { at } = replay;
  // While it is played it is drawn with each change, not with each picture.
  const passed = at === null ? null : countUntil(history.items, at);
  const moment = useMemo(
    () => (passed === null ? null : momentOf(history.items.slice(0, passed))),
    [passed, history.items],
  );
  const shown: readonly GraphTask[] = moment?.tasks ?? tasks;
  return (
    <Body>
      <Loaded query={attempts}>
        {() => (
          <Loaded query={history}>
            {() =>
              mission.startedAt === null ? (
                <Empty drawing="graph" title="Nothing has run yet">
                  Attempts at tasks appear here, side by side; then the mission can be played again.
                </Empty>
              ) : (
                <div className="overflow-hidden rounded-card border border-line bg-surface">
                  <ReplayBar replay={replay} entries={history.items} begin={begin} end={end} />
                  {moment && (
                    <section aria-label="The mission at that moment" className="border-b border-line">
                      <p className="flex flex-wrap items-center gap-2 px-3 pt-2 text-12 text-dim">
                        {moment.state && <StateBadge state={moment.state} />}
                        <span>
                          {moment.tasks.filter(({ state }) => state === 'accepted').length} of{' '}
                          {plural(moment.tasks.length, 'task')} accepted
                        </span>
                      </p>
                      <div className="h-72 md:h-80">
                        <TaskGraph
                          tasks={moment.tasks}
                          selected={null}
                          onSelect={(id) => id && tasks.some((task) => task.id === id) && onSelect(id)}
                        />
                      </div>
                    </section>
                  )}
                  <Gantt
                    tasks={inOrder(shown)}
                    attempts={attempts.items}
                    span={{ begin, end }}
                    now={now}
                    at={at}
                    onSelect={(id) => tasks.some((task) => task.id === id) && onSelect(id)}
                  />
                </div>
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Body>
  );
}
