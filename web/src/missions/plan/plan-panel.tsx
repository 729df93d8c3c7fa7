'use client';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { useRead } from '@/api/queries';
import { AgentMark } from '@/ui/agent-mark';
import { ButtonLink } from '@/ui/button';
import { Problem } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { bytes, duration, money, plural } from '@/ui/words';
import type { PlanChanges } from '../history';
import { needsOf } from './needs';

const LABEL = 'What the plan needs';
const panel =
  'w-full shrink-0 space-y-4 border-t border-line bg-surface p-4 md:w-72 md:overflow-y-auto md:border-t-0 md:border-l';

/** What a proposed plan will take, and what of it is different from the last one. */
export function PlanPanel({
  mission,
  tasks,
  changes,
}: {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly changes: PlanChanges | null;
}) {
  const pool = useRead('GET /api/v1/pool', {});
  const templates = useRead('GET /api/v1/templates', {});
  const failed = [pool, templates].find(({ data, error }) => !data && error);
  if (failed?.error)
    return (
      <aside aria-label={LABEL} className={panel}>
        <Problem error={failed.error} onRetry={() => void failed.refetch()} />
      </aside>
    );
  if (!pool.data || !templates.data) return null;
  const needs = needsOf(tasks, { pool: pool.data.items, templates: templates.data.items });
  return (
    <aside aria-label={LABEL} className={panel}>
      <h2 className="text-13 font-semibold">What it needs</h2>
      <dl className="grid grid-cols-2 gap-3">
        <Fact name="Tasks">{plural(tasks.length, 'task')}</Fact>
        <Fact name="Side by side">up to {needs.sideBySide}</Fact>
        <Fact name="Time, at least">{duration(needs.minutes * 60_000)}</Fact>
        <Fact name="Cost, about">
          {needs.costUsd === null ? (
            <span className="text-dim" title="It is estimated by what attempts have cost; none was made yet.">
              not known yet
            </span>
          ) : (
            <span title="By what attempts of all agents have cost so far.">{money(needs.costUsd)}</span>
          )}
        </Fact>
        <Fact name="Memory">
          {needs.memoryMb > 0 ? `${bytes(needs.memoryMb * 1_000_000)} more` : 'no more than now'}
        </Fact>
      </dl>
      <section>
        <h3 className="mb-1.5 text-12 font-semibold text-dim">Agents that can do it</h3>
        {needs.agents.length === 0 ? (
          <p className="text-wait">None is online.</p>
        ) : (
          <ul className="space-y-1">
            {needs.agents.slice(0, 8).map((agent) => (
              <li key={agent.id} className="flex items-center gap-2">
                <AgentMark name={agent.name} size="small" />
                <span className="min-w-0 flex-1 truncate" title={agent.name}>
                  {agent.name}
                </span>
                <span className="text-12 text-dim">
                  {agent.load} of {agent.concurrency} busy
                </span>
              </li>
            ))}
            {needs.agents.length > 8 && <li className="text-dim">and {needs.agents.length - 8} more</li>}
          </ul>
        )}
      </section>
      {needs.missing.length > 0 && (
        <section className="space-y-2 rounded-control bg-wait-quiet p-2.5 text-wait">
          <h3 className="text-12 font-semibold">Capabilities that no agent has</h3>
          <ul className="space-y-1">
            {needs.missing.map(({ capability, template }) => (
              <li key={capability} className="flex flex-wrap items-center gap-1.5">
                <Tag tone="wait">{capability}</Tag>
                {template
                  ? mission.deployMissing
                    ? `${template.name} will be deployed`
                    : `${template.name} has it`
                  : 'no template has it'}
              </li>
            ))}
          </ul>
          {!mission.deployMissing && (
            <ButtonLink size="small" href="/deployments/new/">
              Deploy an agent
            </ButtonLink>
          )}
        </section>
      )}
      {changes && <Changes changes={changes} tasks={tasks} />}
    </aside>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-dim">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Changes({ changes, tasks }: { readonly changes: PlanChanges; readonly tasks: readonly Task[] }) {
  const { added, changed, removed, since } = changes;
  if (added.size + changed.size + removed.length === 0) return null;
  const titles = new Map(tasks.map(({ id, title }) => [id, title]));
  return (
    <section aria-label="Changes of the plan">
      <h3 className="mb-1.5 text-12 font-semibold text-dim">Different from {since}</h3>
      <ul className="space-y-1 text-12">
        {[...added].map((id) => (
          <li key={id}>
            <Tag tone="good">new</Tag> {titles.get(id)}
          </li>
        ))}
        {[...changed].map(([id, what]) => (
          <li key={id}>
            <Tag tone="wait">changed</Tag> {titles.get(id)}{' '}
            <span className="text-dim">({what.join(', ')})</span>
          </li>
        ))}
        {removed.map(({ id, title }) => (
          <li key={id}>
            <Tag tone="bad">gone</Tag> <s className="text-dim">{title}</s>
          </li>
        ))}
      </ul>
    </section>
  );
}
