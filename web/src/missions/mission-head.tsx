'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { CircleAlert } from 'lucide-react';
import { Figure, Meter } from '@/ui/card';
import { Elapsed } from '@/ui/time';
import { compact, duration, money } from '@/ui/words';
import { criticalMinutes } from './graph/critical-path';
import { progressOf } from './progress';

/** Progress, time and spend in one line, and why it stands still if it does. */
export function MissionHead({
  mission,
  tasks,
}: {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
}) {
  const left = mission.state === 'running' ? criticalMinutes(tasks) : 0;
  const { done, total, running } = progressOf(mission);
  const { budget, spend } = mission;
  const used = [
    budget.tokens && spend.tokens / budget.tokens,
    budget.costUsd && spend.costUsd / budget.costUsd,
    budget.wallMinutes && spend.wallMinutes / budget.wallMinutes,
    budget.attempts && spend.attempts / budget.attempts,
  ].filter((part): part is number => typeof part === 'number');
  const most = used.length ? Math.max(...used) : null;
  return (
    <div className="shrink-0 border-b border-line bg-surface">
      {mission.reason && (
        <p className="flex items-start gap-2 border-b border-line bg-wait-quiet px-4 py-2 text-wait md:px-6">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            {mission.reason.cause} {mission.reason.remedy}{' '}
            <code className="font-mono text-12">({mission.reason.code})</code>
          </span>
        </p>
      )}
      <dl className="grid grid-cols-4 gap-x-4 gap-y-3 px-4 py-3 md:gap-x-6 md:px-6 lg:grid-cols-[2fr_1fr_1fr_1fr_1fr]">
        <div className="col-span-4 min-w-0 lg:col-span-1">
          <dt className="flex justify-between text-12 text-dim">
            <span>
              {done} of {total} tasks accepted{running > 0 && `, ${running} running`}
            </span>
          </dt>
          <dd className="mt-2">
            <Meter
              value={total ? done / total : 0}
              label={`${done} of ${total} tasks accepted`}
              tone={done === total && total > 0 ? 'good' : 'accent'}
            />
          </dd>
          {mission.waitsFor && (
            <dd className="mt-1.5 truncate text-12 text-dim" title={mission.waitsFor}>
              Waits for {mission.waitsFor}
            </dd>
          )}
        </div>
        <Figure
          label="Time"
          hint={
            left > 0 && (
              <span title="The estimates of the longest chain of tasks that are not done, together">
                about {duration(left * 60_000)} left
              </span>
            )
          }
        >
          {mission.startedAt ? <Elapsed from={mission.startedAt} to={mission.finishedAt} /> : 'not begun'}
        </Figure>
        <Figure label="Tokens" hint={budget.tokens && `of ${compact(budget.tokens)}`}>
          {compact(spend.tokens)}
        </Figure>
        <Figure label="Cost" hint={budget.costUsd && `of ${money(budget.costUsd)}`}>
          {money(spend.costUsd)}
        </Figure>
        <Figure
          label="Attempts"
          hint={
            <>
              {budget.attempts && `of ${budget.attempts}`}
              {most !== null && (
                <Meter
                  value={most}
                  label={`${Math.round(most * 100)} % of the budget used`}
                  tone={most >= 1 ? 'bad' : most > 0.8 ? 'wait' : 'accent'}
                />
              )}
            </>
          }
        >
          {spend.attempts}
        </Figure>
      </dl>
    </div>
  );
}
