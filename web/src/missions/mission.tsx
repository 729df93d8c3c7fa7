'use client';
import dynamic from 'next/dynamic';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Mission } from '@aether/contracts/mission-schemas';
import { useRead, useReadAll } from '@/api/queries';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { useQueryState } from '@/frame/query-state';
import { Button } from '@/ui/button';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { StateBadge, Tag } from '@/ui/state';
import { TabLine } from '@/ui/tabs';
import { MissionActs } from './mission-acts';
import { planChanges } from './history';
import { MergeQueue } from './merge-queue';
import { MissionHead } from './mission-head';
import { Overview } from './overview';
import { TaskList } from './task-list';
import { Thread } from './thread';
import { PlanPanel } from './plan/plan-panel';
import { Timeline } from './replay/timeline';
import { TaskDrawer } from './task/task-drawer';
import { TaskForm } from './task/task-form';
import { usePlanEdits } from './use-plan-edits';

const TaskGraph = dynamic(() => import('./graph/task-graph').then((module) => module.TaskGraph), {
  loading: () => <Skeleton rows={3} height={84} />,
});

const tabs = [
  { id: 'graph', label: 'Graph' },
  { id: 'list', label: 'List' },
  { id: 'timeline', label: 'Timeline' },
  { id: 'merges', label: 'Merges' },
  { id: 'thread', label: 'Thread' },
  { id: 'overview', label: 'Goal and report' },
] as const;
type TabId = (typeof tabs)[number]['id'];

/** States in which the plan may be changed as a graph. */
const editable = new Set<Mission['state']>(['draft', 'proposed', 'running', 'paused']);

export function MissionScreen() {
  const id = usePathId();
  return id ? (
    <MissionOf key={id} id={id} />
  ) : (
    <Page title="Mission">
      <Skeleton />
    </Page>
  );
}

function MissionOf({ id }: { readonly id: string }) {
  const mission = useRead('GET /api/v1/missions/{id}', { id });
  const [tab, setTab] = useQueryState<TabId>('view', 'graph');
  const { title = 'Mission', state } = mission.data ?? {};
  return (
    <Page
      title={title}
      crumbs={[{ label: 'Missions', href: '/missions/' }]}
      fills
      state={
        mission.data && (
          <>
            <StateBadge state={state ?? 'draft'} />
            {mission.data.visibility === 'private' && <Tag>private</Tag>}
          </>
        )
      }
      actions={mission.data && <MissionActs mission={mission.data} />}
      tabs={<TabLine label="Views of the mission" tabs={tabs} value={tab} onChange={setTab} />}
    >
      <Loaded query={mission}>{(data) => <MissionBody mission={data} tab={tab} />}</Loaded>
    </Page>
  );
}

function MissionBody({ mission, tab }: { readonly mission: Mission; readonly tab: TabId }) {
  const { id } = mission;
  const may = useMay();
  const tasks = useRead('GET /api/v1/tasks', { missionId: id, limit: 200 });
  const [selected, setSelected] = useQueryState<string>('task', '');
  const [adding, setAdding] = useState(false);
  const isPlan = mission.state === 'proposed' || mission.state === 'draft';
  const history = useReadAll('GET /api/v1/missions/{id}/history', { id, limit: 200 }, { enabled: isPlan });
  const changes = useMemo(
    () => (isPlan && history.isComplete ? planChanges(history.items) : null),
    [isPlan, history.isComplete, history.items],
  );
  const waits = useRead('GET /api/v1/missions/{id}/waits', { id }, { enabled: mission.state === 'running' });
  const reasons = useMemo(
    () => new Map(waits.data?.items.map(({ taskId, text }) => [taskId, text])),
    [waits.data],
  );
  const mayEdit = may('missions:write') && editable.has(mission.state);
  const items = tasks.data?.items ?? [];
  const task = items.find((each) => each.id === selected);
  const planEdits = usePlanEdits(items);
  const edits = mayEdit && planEdits;
  const add = mayEdit && (
    <Button size="small" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> Add a task
    </Button>
  );
  const none = (
    <Empty
      drawing="graph"
      title={mission.state === 'planning' ? 'Jason makes the plan' : 'No tasks yet'}
      action={add}
    >
      {mission.state === 'planning'
        ? 'The tasks appear here as soon as there is a plan.'
        : 'Ask Jason for a plan, or add tasks by hand.'}
    </Empty>
  );
  return (
    <>
      <MissionHead mission={mission} tasks={items} />
      <Fault error={planEdits.orderError ?? planEdits.removeError} className="mx-4 mt-3" />
      <div className="relative min-h-0 flex-1 overflow-auto">
        {tab === 'graph' && (
          <Loaded query={tasks}>
            {() =>
              items.length === 0 ? (
                none
              ) : (
                <div className="flex h-full flex-col md:flex-row">
                  <div className="relative min-h-80 min-w-0 flex-1">
                    <TaskGraph
                      tasks={items}
                      selected={selected}
                      onSelect={(taskId) => setSelected(taskId ?? '')}
                      changes={changes}
                      waits={reasons}
                      {...(edits && { onConnect: edits.onConnect, onDisconnect: edits.onDisconnect })}
                    />
                    <div className="absolute top-3 right-4 flex items-center gap-3">
                      {mayEdit && (
                        <span className="hidden text-12 text-dim xl:block">
                          Drag from edge to edge to connect; Delete removes an arrow
                        </span>
                      )}
                      {add}
                    </div>
                  </div>
                  {isPlan && <PlanPanel mission={mission} tasks={items} changes={changes} />}
                </div>
              )
            }
          </Loaded>
        )}
        {tab === 'list' && (
          <Body>
            <Loaded query={tasks}>
              {() =>
                items.length === 0 ? (
                  none
                ) : (
                  <TaskList
                    tasks={items}
                    selected={selected}
                    onSelect={setSelected}
                    {...(edits && { edits })}
                  />
                )
              }
            </Loaded>
            {items.length > 0 && add}
          </Body>
        )}
        {tab === 'timeline' && <Timeline mission={mission} tasks={items} onSelect={setSelected} />}
        {tab === 'merges' && <MergeQueue mission={mission} tasks={items} onSelect={setSelected} />}
        {tab === 'thread' && <Thread missionId={id} />}
        {tab === 'overview' && <Overview mission={mission} />}
      </div>
      <TaskForm open={adding} onClose={() => setAdding(false)} missionId={id} tasks={items} />
      {task && (
        <TaskDrawer
          key={task.id}
          task={task}
          tasks={items}
          mission={mission}
          onClose={() => setSelected('')}
          onSelect={setSelected}
        />
      )}
    </>
  );
}
