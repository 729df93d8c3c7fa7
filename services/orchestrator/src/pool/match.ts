import type { ReadyTask } from '@aether/contracts/mission-schemas';

/** An agent as far as a choice among several depends on it. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly enabled: boolean;
  readonly online: boolean;
  readonly concurrency: number;
  readonly load: number;
  readonly accepted: number;
  readonly failed: number;
  readonly costUsd: number;
  readonly record: Readonly<Record<string, { accepted: number; failed: number }>>;
}

export type Match<C extends Candidate> =
  | { readonly agent: C; readonly reasons: readonly string[] }
  | {
      readonly agent: null;
      readonly code: 'capability_missing' | 'agent_needed' | 'agents_offline' | 'agents_busy';
      readonly text: string;
      /** Capabilities that no single agent has together. */
      readonly missing: readonly string[];
    };

/** How much each consideration weighs; the first two outweigh what follows them. */
const WEIGHT = { fresh: 8, preferred: 4, success: 2, load: 1, cost: 0.5 };

/**
 * The agent for a task: required capabilities are a hard rule, then one that has not failed at this task, preferred
 * capabilities, success at such tasks, load, and cost.
 */
export function match<C extends Candidate>(
  task: Pick<ReadyTask, 'requires' | 'prefers'>,
  agents: readonly C[],
  failedBefore: ReadonlySet<string> = new Set(),
): Match<C> {
  const enabled = agents.filter((agent) => agent.enabled);
  const able = enabled.filter((agent) => task.requires.every((name) => agent.capabilities.includes(name)));
  if (able.length === 0) return { agent: null, ...lacking(task.requires, enabled) };
  const online = able.filter((agent) => agent.online);
  if (online.length === 0)
    return { agent: null, code: 'agents_offline', text: `${names(able)} cannot be reached.`, missing: [] };
  const free = online.filter((agent) => agent.load < agent.concurrency);
  if (free.length === 0)
    return {
      agent: null,
      code: 'agents_busy',
      text: `${names(online)} already do all they may.`,
      missing: [],
    };
  const dearest = Math.max(...free.map(costOf), Number.EPSILON);
  const judged = free
    .map((agent) => ({ agent, ...judge(task, agent, { isFresh: !failedBefore.has(agent.id), dearest }) }))
    .sort((a, b) => b.score - a.score || a.agent.name.localeCompare(b.agent.name));
  const [best] = judged as [(typeof judged)[0]];
  const others = judged.length > 1 ? [`chosen among ${judged.length}`] : [];
  return { agent: best.agent, reasons: [...best.reasons, ...others] };
}

function judge(
  { requires, prefers }: Pick<ReadyTask, 'requires' | 'prefers'>,
  agent: Candidate,
  { isFresh, dearest }: { isFresh: boolean; dearest: number },
): { score: number; reasons: string[] } {
  const preferred = prefers.filter((name) => agent.capabilities.includes(name));
  const success = successOf(agent, requires);
  const reasons = [
    requires.length > 0 ? `has ${requires.join(', ')}` : 'any agent will do',
    ...(preferred.length > 0 ? [`also ${preferred.join(', ')}`] : []),
    ...(success.of > 0 ? [`${success.accepted} of ${success.of} such tasks accepted`] : []),
    `does ${agent.load} of ${agent.concurrency}`,
    ...(isFresh ? [] : ['failed at this task before, and there is nobody else']),
  ];
  const score =
    WEIGHT.fresh * Number(isFresh) +
    WEIGHT.preferred * (prefers.length > 0 ? preferred.length / prefers.length : 0) +
    // Somebody without a record counts as one that succeeds every other time.
    WEIGHT.success * ((success.accepted + 1) / (success.of + 2)) -
    WEIGHT.load * (agent.load / agent.concurrency) -
    WEIGHT.cost * (costOf(agent) / dearest);
  return { score, reasons };
}

/** At tasks that needed the same; at any where nothing is needed. */
function successOf(agent: Candidate, requires: readonly string[]): { accepted: number; of: number } {
  const records = requires.length > 0 ? requires.map((name) => agent.record[name]) : [agent];
  const accepted = records.reduce((sum, record) => sum + (record?.accepted ?? 0), 0);
  return { accepted, of: accepted + records.reduce((sum, record) => sum + (record?.failed ?? 0), 0) };
}

const costOf = ({ costUsd, accepted, failed }: Candidate) => costUsd / Math.max(accepted + failed, 1);

const names = (agents: readonly Candidate[]) => agents.map(({ name }) => name).join(', ');

function lacking(requires: readonly string[], agents: readonly Candidate[]) {
  if (agents.length === 0)
    return { code: 'agent_needed' as const, text: 'There is no agent in the pool.', missing: requires };
  const nobodyHas = requires.filter((name) => !agents.some((agent) => agent.capabilities.includes(name)));
  const text =
    nobodyHas.length > 0
      ? `No agent has ${nobodyHas.join(', ')}.`
      : `No single agent has ${requires.join(' and ')} together.`;
  return { code: 'capability_missing' as const, text, missing: nobodyHas.length > 0 ? nobodyHas : requires };
}
