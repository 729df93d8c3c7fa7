'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { Pencil, RotateCcw, Trash2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { useQueryState } from '@/frame/query-state';
import { AgentMark } from '@/ui/agent-mark';
import { Button } from '@/ui/button';
import { Confirm, Drawer } from '@/ui/dialog';
import { Empty, Fault, Loaded } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { Markdown } from '@/ui/markdown';
import { ReasonText } from '@/ui/reason';
import { StateBadge, Tag } from '@/ui/state';
import { TabLine } from '@/ui/tabs';
import { Ago, Elapsed } from '@/ui/time';
import { Thread } from '../thread';
import { usePlanEdits } from '../use-plan-edits';
import { DiffView } from './diff-view';
import { ReceiptView } from './receipt';
import { ReviewBar } from './review-bar';
import { TaskForm } from './task-form';

const tabs = [
  { id: 'task', label: 'Task' },
  { id: 'work', label: 'Work' },
  { id: 'diff', label: 'Changes' },
  { id: 'thread', label: 'Thread' },
  { id: 'attempts', label: 'Attempts' },
] as const;
type TabId = (typeof tabs)[number]['id'];

interface TaskDrawerProps {
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly mission: Mission;
  readonly onClose: () => void;
  readonly onSelect: (taskId: string) => void;
}

export function TaskDrawer({ task, tasks, mission, onClose, onSelect }: TaskDrawerProps) {
  const may = useMay();
  const [asked, setAsked] = useQueryState<TabId | ''>('part', '');
  const [shown, setTab] = useState<TabId>(asked || (task.state === 'reported' ? 'diff' : 'task'));
  // A link leads to one part of one task; afterwards it is as one chooses.
  useEffect(() => setAsked(''), [setAsked]);
  return (
    <Drawer open onClose={onClose} title={task.title} widthPx={shown === 'diff' ? 1120 : 560}>
      <div className="flex h-full flex-col">
        <div className="border-b border-line px-4">
          <div className="flex flex-wrap items-center gap-2 pt-3 pb-1 text-12 text-dim">
            <StateBadge state={task.state} />
            {task.kind === 'conflict' && <Tag tone="wait">merge conflict</Tag>}
            {task.agentName && (
              <span className="flex items-center gap-1.5">
                <AgentMark name={task.agentName} size="small" /> {task.agentName}
              </span>
            )}
            <span className="ml-auto font-mono">{task.key}</span>
          </div>
          <TabLine label="Parts of the task" tabs={tabs} value={shown} onChange={setTab} />
        </div>
        <div className="min-h-0 flex-1 overflow-auto">
          {shown === 'task' && <About task={task} tasks={tasks} mission={mission} onSelect={onSelect} />}
          {shown === 'work' && (
            <div className="p-4">
              {task.receipt ? (
                <ReceiptView receipt={task.receipt} />
              ) : (
                <Empty drawing="graph" title="No work yet">
                  The receipt appears when an agent has finished.
                </Empty>
              )}
            </div>
          )}
          {shown === 'diff' &&
            (task.attemptId ? (
              <DiffView attemptId={task.attemptId} />
            ) : (
              <Empty drawing="graph" title="No changes yet" />
            ))}
          {shown === 'thread' && <Thread missionId={mission.id} taskId={task.id} />}
          {shown === 'attempts' && <Attempts taskId={task.id} />}
        </div>
        {may('missions:write') && <ReviewBar task={task} />}
      </div>
    </Drawer>
  );
}

function About({ task, tasks, mission, onSelect }: Omit<TaskDrawerProps, 'onClose'>) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const [asked, setAsked] = useState<'remove' | 'cancel' | null>(null);
  const refresh = ['GET /api/v1/tasks'] as const;
  const close = () => setAsked(null);
  const edits = usePlanEdits(tasks);
  const cancel = useChange('POST /api/v1/tasks/{id}/cancel', { refresh, onDone: close });
  const retry = useChange('POST /api/v1/tasks/{id}/retry', { refresh });
  const wait = useRead(
    'GET /api/v1/tasks/{id}/wait',
    { id: task.id },
    { enabled: task.state === 'waiting' && mission.state === 'running' },
  );
  const byId = new Map(tasks.map((each) => [each.id, each]));
  const isUnbegun = task.state === 'waiting' && task.attempts === 0;
  const mayWrite = may('missions:write');
  const others = tasks.filter(({ id }) => id !== task.id && !task.dependsOn.includes(id));
  return (
    <div className="flex h-full flex-col">
      <div
        role="region"
        aria-label="The task"
        tabIndex={0}
        className="min-h-0 flex-1 space-y-5 overflow-auto p-4"
      >
        {task.reason && task.state !== 'asking' && (
          <p className="rounded-control bg-wait-quiet px-3 py-2 text-wait">
            <ReasonText reason={task.reason} />
          </p>
        )}
        {wait.data?.wait && (
          <p className="rounded-control bg-info-quiet px-3 py-2 text-info">
            {wait.data.wait.text} {wait.data.wait.remedy}
          </p>
        )}
        <section aria-label="Instructions">
          <Markdown text={task.instructions} />
        </section>
        <section>
          <h3 className="mb-2 text-12 font-semibold text-dim">Begins after</h3>
          <ul className="space-y-1">
            {task.dependsOn.map((id) => (
              <li key={id} className="flex items-center gap-2">
                <button
                  type="button"
                  onClick={() => onSelect(id)}
                  className="min-w-0 flex-1 truncate rounded-control px-2 py-1 text-left hover:bg-raised"
                >
                  {byId.get(id)?.title ?? id}
                </button>
                <StateBadge state={byId.get(id)?.state ?? 'waiting'} />
                {mayWrite && isUnbegun && (
                  <Button
                    size="small"
                    look="quiet"
                    aria-label={`Do not wait for ${byId.get(id)?.title ?? id}`}
                    onClick={() => edits.onDisconnect(task.id, id)}
                  >
                    <X aria-hidden />
                  </Button>
                )}
              </li>
            ))}
            {task.dependsOn.length === 0 && <li className="text-dim">Nothing; it may begin at once.</li>}
          </ul>
          {mayWrite && isUnbegun && others.length > 0 && (
            <select
              aria-label="Add a task to wait for"
              value=""
              onChange={(event) => edits.onConnect(task.id, event.target.value)}
              className="mt-2 h-8 w-full rounded-control border border-line bg-surface px-2 text-dim"
            >
              <option value="">Wait for another task…</option>
              {others.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
          <Fault error={edits.orderError} className="mt-2" />
        </section>
        <dl className="grid grid-cols-2 gap-3">
          <div>
            <dt className="text-12 text-dim">Needs</dt>
            <dd className="mt-1 flex flex-wrap gap-1">
              {task.requires.length ? task.requires.map((name) => <Tag key={name}>{name}</Tag>) : 'any agent'}
            </dd>
          </div>
          <div>
            <dt className="text-12 text-dim">Estimate</dt>
            <dd className="mt-1">
              {task.estimateMinutes} m, {task.chainMinutes} m with what follows
            </dd>
          </div>
        </dl>
        {task.feedback.length > 0 && (
          <section>
            <h3 className="mb-2 text-12 font-semibold text-dim">Told to the next attempt</h3>
            <ul className="list-disc space-y-1 pl-5">
              {task.feedback.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </section>
        )}
      </div>
      {/* Below what scrolls: text that comes late moves nothing from under the pointer. */}
      {mayWrite && (
        <div className="flex shrink-0 flex-wrap gap-2 border-t border-line p-4 empty:hidden">
          {isUnbegun && (
            <Button onClick={() => setEditing(true)}>
              <Pencil aria-hidden /> Change
            </Button>
          )}
          {(task.state === 'failed' || task.state === 'cancelled') && (
            <Button look="primary" busy={retry.isPending} onClick={() => retry.mutate({ id: task.id })}>
              <RotateCcw aria-hidden /> Try again
            </Button>
          )}
          {isUnbegun && (
            <Button look="danger" onClick={() => setAsked('remove')}>
              <Trash2 aria-hidden /> Remove
            </Button>
          )}
          {['waiting', 'running', 'asking', 'reported'].includes(task.state) &&
            mission.state !== 'proposed' &&
            mission.state !== 'draft' && (
              <Button look="danger" onClick={() => setAsked('cancel')}>
                <X aria-hidden /> Give up
              </Button>
            )}
          <Fault error={retry.error} />
        </div>
      )}
      <TaskForm
        open={editing}
        onClose={() => setEditing(false)}
        missionId={mission.id}
        tasks={tasks}
        task={task}
      />
      <Confirm
        open={asked === 'remove'}
        onClose={close}
        title="Remove this task?"
        verb="Remove"
        onConfirm={() => edits.onRemove(task.id)}
        busy={edits.isRemoving}
        error={edits.removeError}
      >
        It has not begun. What waited for it waits for it no longer.
      </Confirm>
      <Confirm
        open={asked === 'cancel'}
        onClose={close}
        title="Give this task up?"
        verb="Give it up"
        onConfirm={() => cancel.mutate({ id: task.id })}
        busy={cancel.isPending}
        error={cancel.error}
      >
        What depends on it waits until it is tried again, or depends on it no longer.
      </Confirm>
    </div>
  );
}

function Attempts({ taskId }: { readonly taskId: string }) {
  const attempts = useReadPages('GET /api/v1/attempts', { taskId, limit: 50 });
  return (
    <Loaded query={attempts}>
      {() =>
        attempts.items.length === 0 ? (
          <Empty drawing="graph" title="No attempts yet" />
        ) : (
          <ol className="divide-y divide-line">
            {attempts.items.map((attempt) => (
              <li key={attempt.id} className="space-y-1.5 p-4">
                <div className="flex items-center gap-2">
                  <span className="font-medium">Attempt {attempt.number}</span>
                  <StateBadge state={attempt.state} />
                  <span className="ml-auto text-12 text-dim">
                    <Elapsed from={attempt.createdAt} to={attempt.finishedAt} />,{' '}
                    <Ago at={attempt.createdAt} />
                  </span>
                </div>
                <p className="flex items-center gap-2 text-dim">
                  <AgentMark name={attempt.agent.name} size="small" /> {attempt.agent.name}
                  {attempt.chatId && (
                    <Link href={`/chats/${attempt.chatId}/`} className="ml-auto text-accent hover:underline">
                      See how it works
                    </Link>
                  )}
                </p>
                {attempt.reason && (
                  <p className="text-dim">
                    <ReasonText reason={attempt.reason} />
                  </p>
                )}
                {attempt.choice.length > 0 && (
                  <p className="text-12 text-dim">Chosen since {attempt.choice.join('; ')}.</p>
                )}
              </li>
            ))}
          </ol>
        )
      }
    </Loaded>
  );
}
