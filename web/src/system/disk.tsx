'use client';
import { useRead } from '@/api/queries';
import { Card, Figure, Meter } from '@/ui/card';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Ago } from '@/ui/time';
import { bytes, plural } from '@/ui/words';

const EVERY_MS = 30_000;

/** What missions occupy, and what is left on their volume. */
export function Disk() {
  const workspaces = useRead('GET /api/v1/workspaces', {}, { everyMs: EVERY_MS });
  return (
    <Card title="Disk of missions">
      <Loaded query={workspaces} skeleton={<Skeleton rows={2} />}>
        {(disk) => {
          const used = disk.totalBytes - disk.freeBytes;
          const isLow = disk.freeBytes < disk.minimumFreeBytes;
          return (
            <div className="space-y-4">
              <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
                <Figure label="Worktrees of running attempts" hint={plural(disk.worktrees.length, 'attempt')}>
                  {bytes(disk.worktreeBytes)}
                </Figure>
                <Figure
                  label="Cloned repositories"
                  hint={plural(disk.repositories, 'repository', 'repositories')}
                >
                  {bytes(disk.repositoryBytes)}
                </Figure>
                <Figure label="Work kept though not accepted" hint="as references in git">
                  {disk.rescueRefs}
                </Figure>
                <Figure
                  label="Free on the volume"
                  hint={
                    isLow
                      ? `No task starts below ${bytes(disk.minimumFreeBytes)}`
                      : `of ${bytes(disk.totalBytes)}`
                  }
                >
                  {bytes(disk.freeBytes)}
                </Figure>
              </dl>
              <Meter
                value={disk.totalBytes === 0 ? 0 : used / disk.totalBytes}
                tone={isLow ? 'bad' : 'accent'}
                label={`${bytes(used)} of ${bytes(disk.totalBytes)} used`}
              />
              <p className="text-12 text-dim">
                Measured <Ago at={disk.measuredAt} />
              </p>
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
