'use client';
import type { Attempt } from '@aether/contracts/execution';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { useReadAll } from '@/api/queries';
import { Body } from '@/frame/page';
import { AgentMark } from '@/ui/agent-mark';
import { Card } from '@/ui/card';
import { Empty, Loaded } from '@/ui/feedback';
import { ReasonText } from '@/ui/reason';
import { StateBadge, Tag } from '@/ui/state';
import { Ago } from '@/ui/time';
import { plural } from '@/ui/words';

const byTime = (a: Attempt, b: Attempt) => a.updatedAt.localeCompare(b.updatedAt);
/** Reasons for which good work was not merged. */
const clashes: Readonly<Record<string, string>> = {
  merge_conflict: 'conflict',
  broken_together: 'broken together',
};

/** What waits to get into the mission's branch, in which order, what was in the way, and what is there. */
export function MergeQueue({
  mission,
  tasks,
  onSelect,
}: {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly onSelect: (taskId: string) => void;
}) {
  const attempts = useReadAll('GET /api/v1/attempts', { missionId: mission.id, limit: 200 });
  const titles = new Map(tasks.map(({ id, title }) => [id, title]));
  const row = (attempt: Attempt, place?: number) => (
    <li key={attempt.id}>
      <button
        type="button"
        onClick={() => onSelect(attempt.taskId)}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left hover:bg-raised"
      >
        {place !== undefined && <span className="w-4 text-right text-dim">{place}</span>}
        <AgentMark name={attempt.agent.name} size="small" />
        <span className="min-w-0 flex-1 basis-48">
          <span className="block truncate font-medium" title={titles.get(attempt.taskId)}>
            {titles.get(attempt.taskId) ?? 'A task that is gone'}
          </span>
          <span className="block text-12 break-words text-dim">
            {attempt.reason ? (
              <ReasonText reason={attempt.reason} />
            ) : (
              `${plural(attempt.receipt?.files.length ?? 0, 'file')} by ${attempt.agent.name}`
            )}
          </span>
        </span>
        {attempt.reason && clashes[attempt.reason.code] && (
          <Tag tone="wait">{clashes[attempt.reason.code]}</Tag>
        )}
        {attempt.receipt?.mergeCommit && (
          <code className="font-mono text-12 text-dim">{attempt.receipt.mergeCommit.slice(0, 8)}</code>
        )}
        <StateBadge state={attempt.state} />
        <Ago at={attempt.updatedAt} className="w-16 text-right text-12 text-dim" />
      </button>
    </li>
  );
  return (
    <Body>
      <Loaded query={attempts}>
        {() => {
          const inState = (...states: Attempt['state'][]) =>
            attempts.items.filter(({ state }) => states.includes(state)).sort(byTime);
          const merging = inState('merging', 'accepting');
          const coming = inState('reviewing', 'reporting', 'checking');
          const clashed = attempts.items
            .filter(({ reason }) => reason && clashes[reason.code])
            .sort(byTime)
            .reverse();
          const merged = inState('accepted').reverse();
          if (merging.length + coming.length + clashed.length + merged.length === 0)
            return (
              <Empty drawing="graph" title="Nothing to merge yet">
                Work appears here when its checks run, and goes into the mission's branch one after the other.
              </Empty>
            );
          return (
            <>
              <Card title="Merges now, in this order" flush>
                {merging.length === 0 ? (
                  <p className="px-4 py-3 text-dim">Nothing waits to be merged.</p>
                ) : (
                  <ol className="divide-y divide-line">{merging.map((each, at) => row(each, at + 1))}</ol>
                )}
              </Card>
              {coming.length > 0 && (
                <Card title="Comes next: checks and reviews" flush>
                  <ul className="divide-y divide-line">{coming.map((each) => row(each))}</ul>
                </Card>
              )}
              {clashed.length > 0 && (
                <Card title="Did not go together, and is tried again" flush>
                  <ul className="divide-y divide-line">{clashed.map((each) => row(each))}</ul>
                </Card>
              )}
              {merged.length > 0 && (
                <Card
                  title={
                    mission.branch ? (
                      <>
                        Merged into <code className="truncate font-mono text-12">{mission.branch}</code>
                      </>
                    ) : (
                      'Accepted'
                    )
                  }
                  flush
                >
                  <ul className="divide-y divide-line">{merged.map((each) => row(each))}</ul>
                </Card>
              )}
            </>
          );
        }}
      </Loaded>
    </Body>
  );
}
