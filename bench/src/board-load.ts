import { randomUUID } from 'node:crypto';
import type { CallInputOf, RequestContract } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { ProcessSystem } from '@aether/testing/process-system';
import { percentile } from './percentile.js';

export interface Step {
  readonly what: string;
  readonly count: number;
  readonly perS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const MISSIONS = 100;
const PER_MISSION = 20;
/** Attempts that tell something at the same time. */
const AT_ONCE = 32;
const orchestrator = { actor: { type: 'service', id: 'orchestrator', role: null } } as const;
const operator = {
  actor: { type: 'user', id: '00000000-0000-7000-8000-000000000001', role: 'operator' },
} as const;

/**
 * What the board alone carries: every task of many missions claimed, reported and accepted, without agents and
 * without a scheduler. Ends with the missions cancelled, so that nothing of them is left to do.
 */
export async function boardLoad(system: ProcessSystem): Promise<Step[]> {
  const { claimTask, reportTask, acceptTask, cancelMission } = missionsRequests;
  const missionIds = await each(Array.from({ length: MISSIONS }), () => newMission(system));
  const lists = await each(missionIds, (missionId) =>
    system.call(missionsRequests.listTasks, { missionId, limit: 200 }, operator),
  );
  // By turns from each mission, since those of one mission come one after another.
  const work = lists
    .flatMap(({ items }) => items.filter(({ key }) => key !== 'last').map(({ id }, index) => ({ id, index })))
    .sort((a, b) => a.index - b.index)
    .map(({ id }) => ({ id, attemptId: randomUUID(), fence: 1 }));
  const deadlineAt = new Date(Date.now() + 3_600_000).toISOString();
  const steps = [
    await timed(
      system,
      claimTask,
      work.map((attempt) => ({ ...attempt, agentName: 'bench', deadlineAt })),
    ),
    await timed(
      system,
      reportTask,
      work.map((attempt) => ({ ...attempt, receipt: receiptOf(attempt.attemptId) })),
    ),
    await timed(
      system,
      acceptTask,
      work.map((attempt) => ({ ...attempt, mergeCommit: null })),
    ),
  ];
  await each(missionIds, (id) => system.call(cancelMission, { id }, operator));
  return steps;
}

async function newMission(system: ProcessSystem): Promise<string> {
  const { id } = await system.call(missionsRequests.createMission, { goal: 'Load', plan: false }, operator);
  const task = (key: string, dependsOn: string[]) => ({
    missionId: id,
    key,
    title: key,
    instructions: `Do ${key}`,
    dependsOn,
  });
  const keys = Array.from({ length: PER_MISSION }, (_, index) => `task-${index}`);
  for (const key of keys) await system.call(missionsRequests.addTask, task(key, []), operator);
  // Never begun: a mission whose tasks are all accepted would ask for a report while others are measured.
  await system.call(missionsRequests.addTask, task('last', keys), operator);
  await system.call(missionsRequests.approveMission, { id }, operator);
  return id;
}

async function timed<C extends RequestContract>(
  system: ProcessSystem,
  contract: C,
  inputs: readonly CallInputOf<C>[],
): Promise<Step> {
  const begun = performance.now();
  const tookMs = await each(inputs, async (input) => {
    const start = performance.now();
    await system.call(contract, input, orchestrator);
    return performance.now() - start;
  });
  return {
    what: contract.subject.split('.')[2] ?? '',
    count: inputs.length,
    perS: (1_000 * inputs.length) / (performance.now() - begun),
    p50Ms: percentile(tookMs, 50),
    p99Ms: percentile(tookMs, 99),
  };
}

/** `work` on every item, so many at the same time, with the results in order. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const receiptOf = (attemptId: string) => ({
  attemptId,
  agentName: 'bench',
  summary: 'Done.',
  base: null,
  commit: null,
  cleanTree: true,
  files: [],
  checks: [],
  tokens: 10,
  costUsd: 0,
  startedAt: new Date().toISOString(),
  finishedAt: new Date().toISOString(),
});
