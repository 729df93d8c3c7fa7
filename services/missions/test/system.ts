import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { PlannedTask, Receipt, Task } from '@aether/contracts/mission-schemas';
import { topology } from '@aether/contracts/topology';
import type { Role } from '@aether/contracts/schemas';
import { serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { migrateService, startService } from '@aether/runtime/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { missionsService } from '../src/service.js';

export const jason: Context = serviceContext('orchestrator');
export const person = (role: Role = 'operator', id = newId(), name?: string): Context => ({
  ...serviceContext('test'),
  actor: { type: 'user', id, role, ...(name && { name }) },
});

/** The missions service on a NATS and a database of its own, asked by the edge and by the orchestrator. */
export async function startMissions(settings: Record<string, string> = {}) {
  const [nats, database, directory] = await Promise.all([
    startTestNats(),
    testDatabase('missions'),
    mkdtemp(join(tmpdir(), 'aether-missions-')),
  ]);
  const connect = (user: 'orchestrator' | 'gateway') =>
    Messaging.connect({
      url: nats.url,
      user,
      password: nats.passwordOf(user),
      catalog: null,
      reportFault: (error) => {
        throw error;
      },
    });
  const environment = {
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('missions'),
    DATABASE_URL: database.url,
    DATA_DIR: directory,
    LOG_LEVEL: 'silent',
    ...settings,
  };
  await migrateService(missionsService, environment);
  const [orchestrator, gateway] = await Promise.all([connect('orchestrator'), connect('gateway')]);
  const service = await startService(missionsService, environment);
  const routed = new Set<string>(topology.gateway.calls.map(({ subject }) => subject));

  const call = async <C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    context: Context,
  ): Promise<OutputOf<C>> =>
    (routed.has(contract.subject) ? gateway : orchestrator).call(contract, input, context);

  const events: { subject: string; payload: unknown }[] = [];
  const reading = new AbortController();
  const read = (async () => {
    for await (const { subject, payload } of orchestratorEvents(gateway, reading.signal))
      events.push({ subject, payload });
  })();

  return {
    directory,
    database,
    environment,
    call,
    orchestrator,
    gateway,
    /** Events published so far; grows. */
    events,
    /** A mission that runs, with these tasks. */
    running: async (tasks: readonly CallInputOf<typeof missionsRequests.proposePlan>['tasks'][number][]) => {
      const by = person();
      const { id } = await call(missionsRequests.createMission, { goal: 'Do it' }, by);
      await call(missionsRequests.proposePlan, { id, tasks: [...tasks], note: '', demo: false }, jason);
      const mission = await call(missionsRequests.approveMission, { id }, by);
      const { items } = await call(missionsRequests.listTasks, { missionId: id, limit: 200 }, by);
      const byKey = new Map(items.map((task) => [task.key, task]));
      return { by, mission, task: (key: string) => byKey.get(key) as Task };
    },
    stop: async () => {
      reading.abort();
      await read;
      await service.stop();
      await Promise.all([orchestrator.drain(), gateway.drain()]);
      await Promise.all([nats.stop(), database.drop(), rm(directory, { recursive: true, force: true })]);
    },
  };
}

const orchestratorEvents = (gateway: Messaging, signal: AbortSignal) =>
  gateway.readEvents('missions', 1, signal);

/** A task of a plan; the title and the instructions follow from its key. */
export const planned = (key: string, dependsOn: string[] = [], more: Partial<PlannedTask> = {}) => ({
  key,
  title: `Task ${key}`,
  instructions: `Do ${key}`,
  dependsOn,
  ...more,
});

const attemptOn = (id: string, fence = 1) => ({ id, attemptId: newId(), fence });
export type Attempt = ReturnType<typeof attemptOn>;

/** What the orchestrator tells of an attempt. */
export function attempts(missions: () => Pick<Awaited<ReturnType<typeof startMissions>>, 'call'>) {
  const { claimTask, reportTask, acceptTask } = missionsRequests;
  return {
    attemptOn,
    claim: (attempt: Attempt) => {
      const deadlineAt = new Date(Date.now() + 3_600_000).toISOString();
      return missions().call(claimTask, { ...attempt, agentName: 'worker', deadlineAt }, jason);
    },
    report: (attempt: Attempt, more: Partial<Receipt> = {}) =>
      missions().call(reportTask, { ...attempt, receipt: receiptOf(attempt, more) }, jason),
    accept: (attempt: Attempt) => missions().call(acceptTask, { ...attempt, mergeCommit: null }, jason),
  };
}

const receiptOf = ({ attemptId }: Attempt, more: Partial<Receipt>): Receipt => ({
  attemptId,
  agentName: 'worker',
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
  mergeCommit: null,
  ...more,
});
