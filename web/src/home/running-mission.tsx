'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { memo } from 'react';
import { progressOf } from '@/missions/progress';
import { ProgressRing } from '@/missions/progress-ring';
import { Meter } from '@/ui/card';
import { Link } from '@/ui/link';
import { StateBadge, Tag } from '@/ui/state';
import { Elapsed } from '@/ui/time';

/** One mission under way: how far it is, who is at work, and what it waits for. */
export const RunningMission = memo(function RunningMission({ mission }: { readonly mission: Mission }) {
  const progress = progressOf(mission);
  return (
    <li>
      <Link href={`/missions/${mission.id}/`} className="block space-y-2 px-4 py-3 hover:bg-raised">
        <span className="flex items-center gap-3">
          <ProgressRing progress={progress} />
          <span className="min-w-0 flex-1 truncate font-medium" title={mission.title}>
            {mission.title}
          </span>
          {progress.running > 0 && <Tag tone="info">{progress.running} at work</Tag>}
          <StateBadge state={mission.state} />
        </span>
        <Meter
          value={progress.total ? progress.done / progress.total : 0}
          label={`${progress.done} of ${progress.total} tasks accepted`}
        />
        <span className="flex justify-between gap-3 text-12 text-dim">
          <span className="truncate">
            {mission.waitsFor
              ? `Waits for ${mission.waitsFor}`
              : `${progress.done} of ${progress.total} tasks`}
          </span>
          {mission.startedAt && <Elapsed from={mission.startedAt} />}
        </span>
      </Link>
    </li>
  );
});
