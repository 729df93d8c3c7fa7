import { setTimeout as delay } from 'node:timers/promises';
import { executionRequests } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import type { Task } from '@aether/contracts/mission-schemas';
import { FakeGateway } from '@aether/testing/fake-gateway';
import type { ProcessSystem } from '@aether/testing/process-system';
import { percentile } from './percentile.js';

export interface Chain {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the first start to the last. */
  readonly perS: number;
}

const PER_MISSION = 100;
/** Each agent takes 64 tasks at most. */
const PER_GATEWAY = 60;
const operator = {
  actor: { type: 'user', id: '00000000-0000-7000-8000-000000000001', role: 'operator' },
} as const;

type Turn = { readonly message: string; readonly signal: AbortSignal };

/** Gateways whose agents say at once that they are done, or, asked to hold, nothing until they are aborted. */
async function gateways(
  system: ProcessSystem,
  count: number,
  begun: Map<string, number>,
): Promise<FakeGateway[]> {
  async function* script({ message, signal }: Turn) {
    const [, key = ''] = /step (\S+)/.exec(message.split('## What to do')[1] ?? '') ?? [];
    begun.set(key, Date.now());
    if (key.startsWith('hold'))
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    yield { text: 'Done.' };
  }
  const made: FakeGateway[] = [];
  for (let index = 0; index < count; index += 1) {
    const gateway = await FakeGateway.start({ script });
    made.push(gateway);
    await system.connect(`worker-${index}-${count}`, gateway);
  }
  for (;;) {
    const { items } = await system.call(executionRequests.listPool, {}, operator);
    if (items.filter(({ online }) => online).length >= count) return made;
    await delay(200);
  }
}

/** A mission with such tasks, started; `chained` makes each wait for the one before. */
async function mission(
  system: ProcessSystem,
  keys: readonly string[],
  { chained = false }: { chained?: boolean } = {},
): Promise<string> {
  const { id } = await system.call(missionsRequests.createMission, { goal: 'Load', plan: false }, operator);
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    const dependsOn = chained && before !== undefined ? [before] : [];
    const task = { missionId: id, key, title: key, instructions: `step ${key}`, dependsOn };
    await system.call(missionsRequests.addTask, task, operator);
  }
  await system.call(missionsRequests.approveMission, { id }, operator);
  return id;
}

async function tasksOf(system: ProcessSystem, missionId: string): Promise<Task[]> {
  const { items } = await system.call(
    missionsRequests.listTasks,
    { missionId, limit: PER_MISSION },
    operator,
  );
  return items;
}

async function completed(system: ProcessSystem, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    while ((await system.call(missionsRequests.getMission, { id }, operator)).state !== 'completed')
      await delay(100);
}

const keys = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** Tasks a second from the start of their missions until all are accepted. */
export async function throughput(system: ProcessSystem, count: number): Promise<number> {
  const made = await gateways(system, Math.ceil(count / PER_GATEWAY), new Map());
  const begun = performance.now();
  const ids = await Promise.all(
    Array.from({ length: count / PER_MISSION }, (_, index) =>
      mission(system, keys(`burst${index}`, PER_MISSION)),
    ),
  );
  await completed(system, ids);
  const perS = (1_000 * count) / (performance.now() - begun);
  for (const gateway of made) await gateway.stop();
  return perS;
}

/** From the acceptance of each task of a chain until the next one's turn begins at its gateway. */
export async function chainInFlight(
  system: ProcessSystem,
  { steps, inFlight }: { steps: number; inFlight: number },
): Promise<Chain> {
  const begun = new Map<string, number>();
  const made = await gateways(system, Math.ceil((inFlight + steps) / PER_GATEWAY), begun);
  for (let index = 0; index < inFlight / PER_MISSION; index += 1)
    await mission(system, keys(`hold${index}`, PER_MISSION));
  while (begun.size < inFlight - 1) await delay(200);
  const chain = keys('step', steps);
  const id = await mission(system, chain, { chained: true });
  await completed(system, [id]);
  const acceptedAt = new Map(
    (await tasksOf(system, id)).map(({ key, updatedAt }) => [key, Date.parse(updatedAt)]),
  );
  const waits = chain
    .slice(1)
    .map((key, index) => (begun.get(key) ?? NaN) - (acceptedAt.get(chain[index] ?? '') ?? NaN));
  const span = (begun.get(chain.at(-1) ?? '') ?? NaN) - (begun.get(chain[0] ?? '') ?? NaN);
  for (const gateway of made) await gateway.stop();
  return { p50Ms: percentile(waits, 50), p99Ms: percentile(waits, 99), perS: (1_000 * (steps - 1)) / span };
}
