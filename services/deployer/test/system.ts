import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  CallInputOf,
  DataOf,
  EventContract,
  OutputOf,
  RequestContract,
} from '@aether/contracts/contract';
import {
  deployerEvents,
  deployerLive,
  deployerRequests,
  type Deployment,
  type LogLine,
} from '@aether/contracts/deployer';
import type { Role } from '@aether/contracts/schemas';
import { serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import {
  migrateService,
  startService,
  type RunningService,
  type ServiceDefinition,
} from '@aether/runtime/service';
import { expect } from '@jest/globals';
import { adoptGateway } from '@aether/openclaw-process/process';
import { environment as testEnvironment } from '@aether/testing/config';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';
import { emptyWhenRead, readLines } from '../src/process/output-file.js';
import { Runtimes } from '../src/runtimes.js';
import { deployerServiceWith } from '../src/service.js';
import { StepError } from '../src/steps/step-error.js';
import { Neighbours } from './neighbours.js';
import { ScriptedRuntime } from './scripted-runtime.js';

const scriptedProgram = new URL('./deployer-process.mjs', import.meta.url);
const realProgram = new URL('../dist/main.js', import.meta.url);

export const as = (role: Role | null, more: Partial<Context> = {}): Context => ({
  ...serviceContext('test'),
  actor: role ? { type: 'user', id: newId(), role } : { type: 'anonymous', id: 'anonymous', role: null },
  ...more,
});

export interface RealParts {
  /** Run in this process, each with a database of its own, instead of the stand-ins. */
  readonly services: readonly { service: ServiceDefinition; settings: Record<string, string> }[];
}

/**
 * The deployer on a NATS and a database of its own: over a scripted runtime and stand-ins, or with the services
 * themselves and real gateways.
 */
export async function startSystem(settings: Record<string, string> = {}, real?: RealParts) {
  const directory = await mkdtemp(join(tmpdir(), 'aether-deployer-'));
  const [nats, database] = await Promise.all([startTestNats(), testDatabase('deployer')]);
  const runtime = new ScriptedRuntime(join(directory, 'runtime'), { StepError, readLines, emptyWhenRead });
  const service = deployerServiceWith(() => new Runtimes([runtime]));
  const environment: Record<string, string> = {
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('deployer'),
    DATABASE_URL: database.url,
    DATA_DIR: directory,
    LOG_LEVEL: 'silent',
    LEASE_S: '2',
    ...settings,
  };
  await migrateService(service, environment);
  const neighbours = await Neighbours.start(nats, real ? [] : ['auth', 'models', 'openclaw']);
  const edge = await Messaging.connect({
    url: nats.url,
    user: 'gateway',
    password: nats.passwordOf('gateway'),
    catalog: null,
    reportFault: (error) => {
      throw error;
    },
  });
  const instances: RunningService[] = [];
  const children: ChildProcess[] = [];
  const databases = [database];
  for (const { service: neighbour, settings: own } of real?.services ?? []) {
    const place = await testDatabase(neighbour.name);
    databases.push(place);
    const theirs = {
      ...environment,
      NATS_PASSWORD: nats.passwordOf(neighbour.name),
      DATABASE_URL: place.url,
      ...own,
    };
    await migrateService(neighbour, theirs);
    instances.push(await startService(neighbour, theirs));
  }
  // One person: chats are seen by who began them.
  const person = as('operator');
  const call = async <C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    context: Context = person,
  ): Promise<OutputOf<C>> => edge.call(contract, input, context);
  const get = async (id: string) => call(deployerRequests.getDeployment, { id });

  const system = {
    runtime,
    neighbours,
    nats,
    environment,
    database,
    call,
    get,
    /** Starts one more instance in this process. */
    start: async (more: Record<string, string> = {}): Promise<RunningService> => {
      const instance = await startService(service, { ...environment, ...more });
      instances.push(instance);
      return instance;
    },
    /** Starts one more instance as a process of its own. */
    spawn: async (): Promise<ChildProcess> => {
      const program = fileURLToPath(real ? realProgram : scriptedProgram);
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', program, join(directory, 'runtime')],
        {
          env: { ...testEnvironment, ...environment },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      children.push(child);
      if (real) await eventually(() => call(deployerRequests.listTemplates, {}), { timeoutMs: 30_000 });
      else await once(child.stdout, 'data');
      return child;
    },
    stopInstance: async (instance: RunningService): Promise<void> => {
      instances.splice(instances.indexOf(instance), 1);
      await instance.stop();
    },
    create: async (name = `d-${newId().slice(-12)}`): Promise<Deployment> =>
      call(deployerRequests.createDeployment, { name, template: 'general' }),
    /** The deployment once it is in one of the states. */
    inState: async (
      id: string,
      state: Deployment['state'],
      { timeoutMs = 45_000 }: { timeoutMs?: number } = {},
    ): Promise<Deployment> =>
      eventually(
        async () => {
          const deployment = await get(id);
          if (deployment.state !== state)
            throw new Error(
              `${deployment.state}: ${JSON.stringify(deployment.failure ?? deployment.waitsFor)}`,
            );
          return deployment;
        },
        { timeoutMs },
      ),
    ready: async (name?: string): Promise<Deployment> => {
      const { id } = await system.create(name);
      await eventually(async () => expect((await system.lines(id)).at(-1)?.text).toBe('deploy: ready'), {
        timeoutMs: 45_000,
      });
      return system.inState(id, 'ready');
    },
    lines: async (id: string, more: { source?: LogLine['source']; raw?: boolean } = {}): Promise<LogLine[]> =>
      (await call(deployerRequests.readLogs, { id, limit: 2_000, ...more })).lines,
    /** Calls with all that followers of a log are told from now on: its lines, and that who may see it has changed. */
    follow: async (
      id: string,
      see: (data: DataOf<typeof deployerLive.log>['data']) => void,
    ): Promise<void> => {
      edge.followLive(deployerLive.log, id, ({ data }) => see(data));
      await edge.flush();
    },
    followLines: async (id: string): Promise<LogLine[]> => {
      const lines: LogLine[] = [];
      await system.follow(id, (data) => 'seq' in data && lines.push(data));
      return lines;
    },
    /** Data of all events of a contract that were published so far. */
    published: async <C extends EventContract>(contract: C): Promise<DataOf<C>[]> => {
      const range = await edge.streamRange('deployer');
      const found: DataOf<C>[] = [];
      if (!range || range.lastSeq === 0) return found;
      const enough = new AbortController();
      for await (const event of edge.readEvents('deployer', 1, enough.signal)) {
        if (event.subject === contract.subject) found.push(contract.data.parse(event.payload) as DataOf<C>);
        if (event.streamSeq >= range.lastSeq) enough.abort();
      }
      return found;
    },
    /** Everything that these owners told by events so far, as it went over the bus. */
    told: async (owners: readonly string[]): Promise<string> => {
      const found: unknown[] = [];
      for (const owner of owners) {
        const range = await edge.streamRange(owner);
        if (!range || range.lastSeq === 0) continue;
        const enough = new AbortController();
        for await (const event of edge.readEvents(owner, 1, enough.signal)) {
          found.push(event);
          if (event.streamSeq >= range.lastSeq) enough.abort();
        }
      }
      return JSON.stringify(found);
    },
    changesOf: async (id: string): Promise<Deployment[]> =>
      (await system.published(deployerEvents.deploymentChanged))
        .map(({ deployment }) => deployment)
        .filter((deployment) => deployment.id === id),
    stop: async (): Promise<void> => {
      for (const child of children) await kill(child);
      for (const agent of await readdir(join(directory, 'deployments')).catch(() => []))
        await adoptGateway(join(directory, 'deployments', agent))?.kill();
      for (const instance of instances.reverse()) await instance.stop();
      await Promise.all([edge.drain(), neighbours.stop()]);
      await Promise.all([nats.stop(), ...databases.map((each) => each.drop())]);
      await rm(directory, { recursive: true, force: true });
    },
  };
  return system;
}

/** Ends a process without warning. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export type System = Awaited<ReturnType<typeof startSystem>>;
