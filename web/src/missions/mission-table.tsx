'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { memo } from 'react';
import { Link } from '@/ui/link';
import { StateBadge } from '@/ui/state';
import { Ago } from '@/ui/time';
import { VirtualList } from '@/ui/virtual-list';
import { compact, money } from '@/ui/words';
import { progressOf } from './progress';
import { ProgressRing } from './progress-ring';

const ROW_PX = 44;

/** Missions as rows; only those in sight are drawn, and more are read as the end comes near. */
export function MissionTable({
  missions,
  total,
  onEnd,
}: {
  readonly missions: readonly Mission[];
  readonly total?: number | undefined;
  readonly onEnd: () => void;
}) {
  return (
    <VirtualList
      items={missions}
      label="Missions"
      rowPx={ROW_PX}
      total={total}
      onEnd={onEnd}
      className="h-full overflow-auto p-4 md:px-6"
      listClass="rounded-card border border-line bg-surface box-content"
      rowClass="border-b border-line last:border-b-0"
    >
      {(mission) => <MissionRow mission={mission} />}
    </VirtualList>
  );
}

const MissionRow = memo(function MissionRow({ mission }: { readonly mission: Mission }) {
  const progress = progressOf(mission);
  return (
    <Link href={`/missions/${mission.id}/`} className="flex h-full items-center gap-3 px-3 hover:bg-raised">
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
      <span className="hidden w-16 text-right text-12 text-dim md:block">{money(mission.spend.costUsd)}</span>
      <StateBadge state={mission.state} />
      <Ago at={mission.updatedAt} className="w-16 text-right text-12 text-dim" />
    </Link>
  );
});
