import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { executionRequests, type Attempt } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { chaos } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import fc from 'fast-check';
import { startProcessSystem, type ProcessSystem } from '@aether/testing/process-system';
import { person } from './system.js';

const by = person();
const GATEWAYS = 3;
const REPOSITORIES = 4;
/** Of attempts at random, told by the agent as a failed turn. */
const FAILING = 0.03;
const LIMIT_MS = chaos.missions * 60_000 + 120_000;

let system: ProcessSystem;
const gateways: FakeGateway[] = [];
const repositories: string[] = [];
/** How often each turn was begun at a gateway, by its idempotency key. */
const begun = new Map<string, number>();
const violations: string[] = [];
const tries = new Map<string, number>();

/** Past jest, which would print it at the end only; a seed is needed most where there is no end. */
function tell(text: string): void {
  process.stderr.write(`chaos (AETHER_CHAOS_SEED=${chaos.seed}): ${text}\n`);
}

/** The same numbers for the same seed and name, however the rest of the run goes. */
function luckOf(name: string): () => number {
  let state = createHash('sha256').update(`${chaos.seed} ${name}`).digest().readUInt32BE();
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Needs what it is told to need, writes its file, and sometimes fails. */
async function* worker(turn: {
  runId: string;
  message: string;
  session: { readonly cwd?: string | undefined };
}) {
  begun.set(turn.runId, (begun.get(turn.runId) ?? 0) + 1);
  const [, wanted = ''] = turn.message.split('## What to do');
  const [, key = '', needs = ''] = /make (\S+) from \[(.*)\]/.exec(wanted) ?? [];
  const root = turn.session.cwd ?? '';
  for (const need of needs.split(' ').filter(Boolean))
    if (!existsSync(join(root, `${need}.txt`))) violations.push(`${key} began without ${need}`);
  const number = (tries.get(key) ?? 0) + 1;
  tries.set(key, number);
  const luck = luckOf(`${key} ${number}`);
  await delay(20 + luck() * 150);
  if (luck() < FAILING) {
    yield { error: 'bad luck' };
    return;
  }
  await writeFile(join(root, `${key}.txt`), `${key}\n`);
  yield { text: `Made ${key}.` };
}

const git = (path: string, ...args: string[]) =>
  execFileSync('git', ['-C', path, '-c', 'user.name=o', '-c', 'user.email=o@x', ...args], {
    encoding: 'utf8',
  }).trim();

/** A random graph: each task may depend on tasks before it. */
const graphs = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), {
  minLength: chaos.tasks,
  maxLength: chaos.tasks,
});

beforeAll(async () => {
  system = await startProcessSystem({
    RETRY_PAUSE_S: '1',
    ATTEMPTS_PER_TASK_MAX: '20',
    RESUME_MAX_S: '3',
    TASKS_MAX: '24',
    MEMORY_FREE_MIN_MB: '0',
  });
  for (let index = 0; index < GATEWAYS; index += 1) {
    const gateway = await FakeGateway.start({ script: worker });
    gateways.push(gateway);
    await system.connect(`worker-${index}`, gateway);
  }
  for (let index = 0; index < REPOSITORIES; index += 1) {
    const path = mkdtempSync(join(tmpdir(), 'aether-chaos-repository-'));
    repositories.push(path);
    git(path, 'init', '--quiet', '-b', 'main');
    writeFileSync(join(path, 'README'), 'chaos\n');
    git(path, 'add', '.');
    git(path, 'commit', '--quiet', '-m', 'first');
  }
  await eventually(
    async () => expect((await system.call(executionRequests.listPool, {}, by)).items).toHaveLength(GATEWAYS),
    { timeoutMs: 60_000 },
  );
}, 240_000);
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await system.stop();
  for (const path of repositories) rmSync(path, { recursive: true, force: true });
});

async function createMission(index: number): Promise<Mission> {
  const [graph = []] = fc.sample(graphs, { seed: chaos.seed + index, numRuns: 1 });
  const mission = await system.call(
    missionsRequests.createMission,
    { goal: `Chaos ${index}`, plan: false, repository: repositories[index % REPOSITORIES] ?? null },
    by,
  );
  for (const [position, wishes] of graph.entries()) {
    const dependsOn =
      position === 0 ? [] : [...new Set(wishes.map((wish) => `t${wish % position}-${index}`))];
    const key = `t${position}-${index}`;
    await system.call(
      missionsRequests.addTask,
      {
        missionId: mission.id,
        key,
        title: key,
        instructions: `make ${key} from [${dependsOn.join(' ')}]`,
        dependsOn,
      },
      by,
    );
  }
  return system.call(missionsRequests.approveMission, { id: mission.id }, by);
}

async function all<T>(
  read: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return items;
}

/** Kills one part after another, at moments and in an order that the seed decides, until told to stop. */
async function wreak(stop: AbortSignal): Promise<Record<string, number>> {
  const kills: Record<string, () => Promise<void>> = {
    ...system.kills,
    gateway: async () => {
      const gateway = gateways[Math.floor(luck() * GATEWAYS)] as FakeGateway;
      await gateway.crash();
      await delay(300);
      await gateway.resume();
    },
  };
  const counts: Record<string, number> = {};
  const luck = luckOf('kills');
  while (!stop.aborted) {
    const names = Object.keys(kills);
    const name = names[Math.floor(luck() * names.length)] as string;
    await kills[name]?.();
    counts[name] = (counts[name] ?? 0) + 1;
    // A service takes seconds to start: killed faster than that, nothing would ever get done.
    await delay(2_000 + luck() * 8_000);
  }
  return counts;
}

/** What stands between the missions and their end, for whoever reads a failure. */
async function whatIsLeft(missions: readonly Mission[]): Promise<string> {
  const lines: unknown[] = [];
  for (const { id } of missions) {
    const { state, reason } = await system.call(missionsRequests.getMission, { id }, by);
    const tasks = await tasksOf(id);
    const open = tasks.filter((task) => task.state !== 'accepted');
    lines.push({ mission: id, state, reason, open });
  }
  const attempts = await all<Attempt>((cursor) =>
    system.call(executionRequests.listAttempts, { limit: 100, ...(cursor && { cursor }) }, person('admin')),
  );
  return JSON.stringify([...lines, ...attempts.filter(({ finishedAt }) => finishedAt === null)], null, 1);
}

const tasksOf = (missionId: string) =>
  all<Task>((cursor) =>
    system.call(missionsRequests.listTasks, { missionId, limit: 50, ...(cursor && { cursor }) }, by),
  );

test(
  'whatever is killed, every task ends accepted, no attempt runs twice, no order is broken, nothing is left behind',
  async () => {
    tell(`${chaos.missions} missions of ${chaos.tasks} tasks, ${chaos.seconds} s of kills`);
    const missions = await Promise.all(
      Array.from({ length: chaos.missions }, (_, index) => createMission(index)),
    );
    const calm = new AbortController();
    const chaosEnds = wreak(calm.signal);
    const quiet = setTimeout(() => calm.abort(), chaos.seconds * 1_000);
    await eventually(
      async () => {
        for (const { id } of missions) {
          const mission = await system.call(missionsRequests.getMission, { id }, by);
          expect(mission).toMatchObject({ state: 'completed' });
        }
      },
      { timeoutMs: LIMIT_MS, intervalMs: 1_000 },
    ).catch(async (error: unknown) => {
      tell(await whatIsLeft(missions));
      throw error;
    });
    calm.abort();
    clearTimeout(quiet);
    const kills = await chaosEnds;

    let tasks = 0;
    for (const { id: missionId, branch } of missions) {
      const own = await tasksOf(missionId);
      tasks += own.length;
      expect(own.map(({ state }) => state)).toEqual(own.map(() => 'accepted'));
      const repository = repositories[Number(own[0]?.key.split('-')[1]) % REPOSITORIES] ?? '';
      const files = git(repository, 'ls-tree', '--name-only', branch ?? '').split('\n');
      expect(files).toEqual(expect.arrayContaining(own.map(({ key }) => `${key}.txt`)));
    }
    expect(tasks).toBe(chaos.missions * chaos.tasks);
    expect(violations).toEqual([]);
    expect([...begun].filter(([, count]) => count > 1)).toEqual([]);

    // A mission completes when its last task is accepted; what an attempt leaves is cleared a moment later.
    const attempts = await eventually(
      async () => {
        const every = await all<Attempt>((cursor) =>
          system.call(
            executionRequests.listAttempts,
            { limit: 100, ...(cursor && { cursor }) },
            person('admin'),
          ),
        );
        expect(every.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
        return every;
      },
      { timeoutMs: 60_000 },
    );
    expect(readdirSync(join(system.directory, 'workspaces'))).toEqual([]);
    for (const path of repositories) {
      expect(git(path, 'fsck', '--strict', '--no-dangling')).toBe('');
      expect(git(path, 'worktree', 'list').split('\n')).toHaveLength(1);
      const branches = git(path, 'branch', '--format=%(refname:short)').split('\n');
      expect(
        branches.filter((name) => name !== 'main' && !missions.some(({ branch }) => branch === name)),
      ).toEqual([]);
    }
    tell(
      `${tasks} tasks in ${missions.length} missions, ${attempts.length} attempts, kills ${JSON.stringify(kills)}`,
    );
  },
  LIMIT_MS + 120_000,
);
