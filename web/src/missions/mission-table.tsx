'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from '@/ui/link';
import { StateBadge } from '@/ui/state';
import { Ago } from '@/ui/time';
import { compact, money } from '@/ui/words';
import { progressOf } from './progress';
import { ProgressRing } from './progress-ring';

const ROW_PX = 44;

/** Missions as rows; only those in sight are drawn, and more are read as the end comes near. */
export function MissionTable({
  missions,
  onEnd,
}: {
  readonly missions: readonly Mission[];
  readonly onEnd: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: missions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= missions.length - 15) onEnd();
  }, [last, missions.length, onEnd]);
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Missions"
      className="h-full overflow-auto p-4 md:px-6"
    >
      <ul
        className="relative rounded-card border border-line bg-surface"
        style={{ height: rows.getTotalSize() + 2 }}
      >
        {rows.getVirtualItems().map(({ index, start }) => {
          const mission = missions[index];
          if (!mission) return null;
          const progress = progressOf(mission);
          return (
            <li
              key={mission.id}
              style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
              className="absolute inset-x-0 top-0 border-b border-line last:border-b-0"
            >
              <Link
                href={`/missions/${mission.id}/`}
                className="flex h-full items-center gap-3 px-3 hover:bg-raised"
              >
                <ProgressRing progress={progress} />
                <span className="min-w-0 flex-1 truncate font-medium" title={mission.title}>
                  {mission.title}
                </span>
                <span className="hidden w-24 text-right text-12 text-dim sm:block">
                  {progress.done} / {progress.total}
                </span>
                <span className="hidden w-20 text-right text-12 text-dim md:block">
                  {compact(mission.spend.tokens)}
                </span>
                <span className="hidden w-16 text-right text-12 text-dim md:block">
                  {money(mission.spend.costUsd)}
                </span>
                <StateBadge state={mission.state} />
                <Ago at={mission.updatedAt} className="w-16 text-right text-12 text-dim" />
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
