import type { Caps, TaskWait } from '@aether/contracts/execution';
import type { ReadyTask } from '@aether/contracts/mission-schemas';
import type { AttemptRow } from '../attempts/attempt.entity.js';
import type { Loads } from '../attempts/attempt.repository.js';
import type { OrchestratorConfig } from '../config.js';
import { match } from '../pool/match.js';
import type { PoolAgentRow } from '../pool/pool-agent.entity.js';

/** What a new attempt begins with. */
export type Admitted = Pick<AttemptRow, 'agent' | 'number' | 'conflictingCommit'> & {
  readonly reasons: readonly string[];
  readonly ports: readonly number[];
};

/** After this many attempts the pause grows no longer. */
const DOUBLINGS_MAX = 6;

/** Who may begin now, asked task by task in the order of their urgency: who was admitted counts for the next. */
export class Admission {
  private readonly missions: Map<string, number>;
  private readonly agents: Map<string, number>;
  private readonly ports: Set<number>;
  private total: number;

  constructor(
    private readonly given: {
      readonly agents: readonly PoolAgentRow[];
      readonly caps: Caps;
      readonly loads: Loads;
      /** Earlier attempts at these tasks, newest first. */
      readonly before: readonly AttemptRow[];
      readonly now: Date;
      readonly memoryFreeMb: number;
      readonly diskFreeMb: number;
      readonly config: OrchestratorConfig;
    },
  ) {
    this.missions = new Map(given.loads.missions);
    this.agents = new Map(given.loads.agents);
    this.ports = new Set(given.loads.ports);
    this.total = given.loads.total;
  }

  decide(task: ReadyTask): Admitted | { readonly wait: TaskWait } {
    const before = this.given.before.filter(({ taskId }) => taskId === task.id);
    const wait = this.pause(task, before) ?? this.cap(task);
    if (wait) return { wait };
    const candidates = this.given.agents.map((row) =>
      Object.assign(Object.create(row) as PoolAgentRow, { load: this.agents.get(row.id) ?? 0 }),
    );
    const failed = new Set(before.filter(({ state }) => state === 'failed').map(({ agent }) => agent.id));
    const found = match(task, candidates, failed);
    if (!found.agent)
      return { wait: waitOf(task, found.code, { text: found.text, remedy: REMEDY[found.code] ?? null }) };
    const ports = this.lease(task.mission.ports);
    if (!ports)
      return { wait: waitOf(task, 'ports_taken', { text: 'Too few ports are free.', remedy: null }) };
    const { id, deploymentId, agentId, name, workplace } = found.agent;
    this.total += 1;
    this.missions.set(task.missionId, (this.missions.get(task.missionId) ?? 0) + 1);
    this.agents.set(id, found.agent.load + 1);
    const [last] = before;
    return {
      agent: { id, deploymentId, agentId, name, workplace },
      reasons: found.reasons,
      number: (last?.number ?? 0) + 1,
      conflictingCommit: conflictOf(before),
      ports,
    };
  }

  private lease(count: number): number[] | null {
    const { TASK_PORT_FIRST: first, TASK_PORT_LAST: last } = this.given.config;
    const ports: number[] = [];
    for (let port = first; port <= last && ports.length < count; port += 1)
      if (!this.ports.has(port)) ports.push(port);
    if (ports.length < count) return null;
    for (const port of ports) this.ports.add(port);
    return ports;
  }

  private pause(task: ReadyTask, before: readonly AttemptRow[]): TaskWait | null {
    const failures = before.filter(({ state }) => state === 'failed');
    const last = failures[0]?.finishedAt;
    if (!last) return null;
    const pauseS = this.given.config.RETRY_PAUSE_S * 2 ** Math.min(failures.length - 1, DOUBLINGS_MAX);
    const until = new Date(last.getTime() + pauseS * 1_000);
    if (until <= this.given.now) return null;
    return waitOf(task, 'retry_pause', { text: 'It is tried again after a pause.', until });
  }

  private cap(task: ReadyTask): TaskWait | null {
    const { caps, memoryFreeMb, diskFreeMb, config } = this.given;
    if (this.total >= caps.tasks)
      return waitOf(task, 'global_cap', {
        text: `${this.total} tasks run, as many as may at the same time.`,
        remedy: 'Wait, or have the cap raised.',
      });
    if ((this.missions.get(task.missionId) ?? 0) >= caps.tasksPerMission)
      return waitOf(task, 'mission_cap', {
        text: `${caps.tasksPerMission} tasks of this mission run, as many as may at the same time.`,
        remedy: 'Wait, or have the cap raised.',
      });
    if (memoryFreeMb < config.MEMORY_FREE_MIN_MB)
      return waitOf(task, 'memory_low', {
        text: `Only ${Math.round(memoryFreeMb)} MB of memory are available; ${config.MEMORY_FREE_MIN_MB} MB must stay free.`,
        remedy: 'Stop something else on this machine.',
      });
    if (diskFreeMb < config.DISK_FREE_MIN_MB)
      return waitOf(task, 'disk_low', {
        text: `Only ${Math.round(diskFreeMb)} MB are free on disk; ${config.DISK_FREE_MIN_MB} MB must stay free.`,
        remedy: 'Make room on the volume of DATA_DIR; `aether mission disk` shows what missions occupy.',
      });
    return null;
  }
}

const REMEDY: Partial<Record<TaskWait['code'], string>> = {
  capability_missing: 'Deploy an agent that has it, or give it to one in the pool.',
  agent_needed: 'Deploy an agent, or enable one in the pool.',
  agents_offline: "See why in the agent's connection.",
};

/** What the last attempt did, where it was good but for a conflict. */
function conflictOf([last]: readonly AttemptRow[]): string | null {
  const code = last?.ending?.reason?.code;
  if (code === 'merge_conflict' || code === 'broken_together') return last?.commit ?? null;
  // It was to resolve one and did not come to it.
  return code === 'sent_back' ? null : (last?.conflictingCommit ?? null);
}

function waitOf(
  { id: taskId }: ReadyTask,
  code: TaskWait['code'],
  { text, remedy = null, until = null }: { text: string; remedy?: string | null; until?: Date | null },
): TaskWait {
  return { taskId, code, text, remedy, until: until?.toISOString() ?? null };
}
