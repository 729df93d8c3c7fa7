'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Flag, GitBranch, Lock } from 'lucide-react';
import { memo } from 'react';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';
import { StateIcon, Tag, wordOf } from '@/ui/state';
import { Ago } from '@/ui/time';
import { compact, money, plural } from '@/ui/words';
import { MoveMenu } from './move-menu';
import { progressOf } from './progress';
import { ProgressRing } from './progress-ring';

/** One mission on the board. */
export const MissionCard = memo(function MissionCard({
  mission,
  draggable,
}: {
  readonly mission: Mission;
  readonly draggable: boolean;
}) {
  const progress = progressOf(mission);
  const isUrgent = mission.priority === 'high' || mission.priority === 'urgent';
  return (
    <div className="relative">
      <Link
        href={`/missions/${mission.id}/`}
        draggable={draggable}
        onDragStart={(event) => {
          event.dataTransfer.setData('text/mission', mission.id);
          event.dataTransfer.effectAllowed = 'move';
        }}
        className="block rounded-card border border-line bg-surface p-3 transition-colors duration-150 hover:border-line-strong"
      >
        <div className="flex items-start gap-2">
          <StateIcon state={mission.state} className="mt-0.5" />
          <h3 className="line-clamp-2 min-w-0 flex-1 font-medium break-words" title={mission.title}>
            {mission.title}
          </h3>
          {progress.total > 0 && <ProgressRing progress={progress} />}
        </div>
        {mission.reason && (
          <p className="mt-1.5 line-clamp-2 text-12 text-dim" title={mission.reason.cause}>
            {mission.reason.cause}
          </p>
        )}
        <div className="mt-2 flex flex-wrap items-center gap-1.5">
          <span className="sr-only">{wordOf(mission.state)}</span>
          {progress.needsPerson > 0 && <Tag tone="wait">{progress.needsPerson} need you</Tag>}
          {isUrgent && (
            <Tag tone={mission.priority === 'urgent' ? 'bad' : 'wait'}>
              <Flag aria-hidden className="size-3" /> {mission.priority}
            </Tag>
          )}
          {mission.visibility === 'private' && (
            <Tag>
              <Lock aria-hidden className="size-3" /> private
            </Tag>
          )}
          {mission.labels.map((label) => (
            <Tag key={label}>{label}</Tag>
          ))}
        </div>
        <div
          className={classes(
            'mt-2 flex items-center gap-2.5 text-12 whitespace-nowrap text-dim',
            draggable && 'pr-5',
          )}
        >
          {progress.total ? (
            <span
              className="figures"
              title={`${progress.done} of ${plural(progress.total, 'task')} accepted`}
            >
              {progress.done}/{progress.total}
            </span>
          ) : (
            <span>no tasks</span>
          )}
          {mission.spend.tokens > 0 && (
            <span title={`${mission.spend.tokens} tokens, ${money(mission.spend.costUsd)}`}>
              {compact(mission.spend.tokens)}
            </span>
          )}
          {mission.repository && <GitBranch aria-label="In a repository" className="size-3.5 shrink-0" />}
          <Ago at={mission.updatedAt} className="ml-auto" />
        </div>
      </Link>
      {draggable && (
        <div className="absolute right-1.5 bottom-1.5">
          <MoveMenu mission={mission} />
        </div>
      )}
    </div>
  );
});
