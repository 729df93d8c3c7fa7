import type { PoolAgent } from '@aether/contracts/execution';
import type { Task } from '@aether/contracts/mission-schemas';
import type { Template } from '@aether/contracts/templates';
import { criticalMinutes } from '../graph/critical-path';
import { isOver } from '../graph/graph-task';

export interface Needs {
  readonly minutes: number;
  /** Most tasks that can run side by side, by what depends on what. */
  readonly sideBySide: number;
  /** Agents that can do one of the tasks at least. */
  readonly agents: readonly PoolAgent[];
  readonly missing: readonly { readonly capability: string; readonly template: Template | null }[];
  /** Of the agents that would have to be deployed. */
  readonly memoryMb: number;
  /** By what attempts have cost so far; null where none has been made. */
  readonly costUsd: number | null;
}

/** What a plan will take, from the tasks that are not over. */
export function needsOf(
  tasks: readonly Task[],
  { pool, templates }: { readonly pool: readonly PoolAgent[]; readonly templates: readonly Template[] },
): Needs {
  const open = tasks.filter((task) => !isOver(task));
  const usable = pool.filter(({ enabled, online }) => enabled && online);
  const agents = usable.filter((agent) =>
    open.some((task) => task.requires.every((name) => agent.capabilities.includes(name))),
  );
  const wanted = [...new Set(open.flatMap(({ requires }) => requires))];
  const missing = wanted
    .filter((name) => !usable.some(({ capabilities }) => capabilities.includes(name)))
    .map((capability) => ({
      capability,
      template: templates.find(({ capabilities }) => capabilities.includes(capability)) ?? null,
    }));
  const toDeploy = new Set(missing.flatMap(({ template }) => (template ? [template] : [])));
  const sum = (field: 'accepted' | 'failed' | 'costUsd') =>
    pool.reduce((total, agent) => total + agent[field], 0);
  const made = sum('accepted') + sum('failed');
  return {
    minutes: criticalMinutes(open),
    sideBySide: widest(open),
    agents,
    missing,
    memoryMb: [...toDeploy].reduce((total, { memoryMb }) => total + memoryMb, 0),
    costUsd: made > 0 ? (sum('costUsd') / made) * open.length : null,
  };
}

/** How many tasks the fullest step has, where each task is as early as it can be. */
function widest(tasks: readonly Task[]): number {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const steps = new Map<string, number>();
  const stepOf = (task: Task, path: ReadonlySet<string>): number => {
    const known = steps.get(task.id);
    if (known !== undefined) return known;
    const before = task.dependsOn.flatMap((id) => {
      const needed = byId.get(id);
      return needed && !path.has(id) ? [stepOf(needed, new Set([...path, task.id]))] : [];
    });
    const step = Math.max(-1, ...before) + 1;
    steps.set(task.id, step);
    return step;
  };
  const counts = new Map<number, number>();
  for (const task of tasks) {
    const step = stepOf(task, new Set());
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
