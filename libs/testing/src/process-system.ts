import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { ContractFailure } from '@aether/contracts/failure';
import { openclawRequests } from '@aether/contracts/openclaw';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { startPostgres } from '@aether/local-stack/postgres';
import { removeCluster } from '@aether/local-stack/postgres-cluster';
import { serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { environment as surroundings } from './config.js';
import { startTestNats } from './environment.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const services = ['auth', 'models', 'deployer', 'openclaw-bridge', 'missions', 'orchestrator'] as const;
type Name = (typeof services)[number];

/** Failures that a caller tries again: somebody was away. */
const AWAY = new Set(['unavailable', 'timeout', 'overloaded', 'internal']);

/**
 * Every service that missions need as a process of its own, the orchestrator twice, on servers of its own; each can be
 * killed and comes back by itself. They run from `dist`, so build them first. `settings` go to every service.
 */
export async function startProcessSystem(settings: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'aether-system-'));
  const postgresOptions = {
    dataDir: join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    durable: false,
  };
  let postgres = await startPostgres(postgresOptions);
  const nats = await startTestNats();
  const specs = services.map((name) => {
    const role = name.replaceAll('-', '_');
    return { name: role, role, password: randomBytes(8).toString('hex') };
  });
  await ensureDatabases(postgres.url, specs);

  const environmentOf = (name: Name) => ({
    PATH: surroundings['PATH'] ?? '',
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf(name),
    DATABASE_URL: databaseUrl(postgres.url, specs[services.indexOf(name)] as (typeof specs)[number]),
    DATA_DIR: directory,
    MODELS_PORT: '0',
    AGENT_ENDPOINT_PORT: '0',
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOG_LEVEL: 'fatal',
    ...settings,
  });
  const program = (name: Name) =>
    fileURLToPath(new URL(`../../../services/${name}/dist/main.js`, import.meta.url));
  const run = (name: Name, ...args: string[]): ChildProcess =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program(name), ...args], {
      env: environmentOf(name),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  for (const name of services) {
    const [code] = (await once(run(name, 'migrate'), 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the database of ${name} could not be made`);
  }

  const running = new Map<string, ChildProcess>();
  const start = (name: Name, instance: string = name) => {
    const child = run(name);
    running.set(instance, child);
    // Ended by an outage at its start, or by us: whoever runs services starts them again.
    child.once('exit', () => {
      if (running.get(instance) === child)
        setTimeout(() => running.has(instance) && start(name, instance), 300);
    });
  };
  for (const name of services) start(name);
  start('orchestrator', 'orchestrator-2');

  const bus = await Messaging.connect({
    url: nats.url,
    user: 'test',
    password: nats.passwordOf('test'),
    catalog: null,
    reportFault: () => undefined,
  });

  /** Tries again while somebody is away. */
  async function call<C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    as: Partial<Context> = {},
  ): Promise<OutputOf<C>> {
    const context = { ...serviceContext('test'), ...as, idempotencyKey: newId() };
    for (;;) {
      try {
        return await bus.call(contract, input, context);
      } catch (error) {
        if (!(error instanceof ContractFailure) || !AWAY.has(error.code)) throw error;
        await delay(200);
      }
    }
  }
  const kill = (instance: string) => {
    running.get(instance)?.kill('SIGKILL');
    return Promise.resolve();
  };

  await eventually(() => bus.call(authRequests.getHealth, {}, serviceContext('test')), { timeoutMs: 60_000 });
  return {
    directory,
    /** Asks as a service unless `as` says otherwise, and again while somebody is away. */
    call,
    /** Each kills one part without warning; it comes back by itself. */
    kills: {
      orchestrator: () => kill('orchestrator'),
      'orchestrator-2': () => kill('orchestrator-2'),
      missions: () => kill('missions'),
      bridge: () => kill('openclaw-bridge'),
      nats: async () => {
        await nats.kill();
        await nats.start();
      },
      postgres: async () => {
        process.kill(postgres.pid, 'SIGKILL');
        await postgres.exited;
        postgres = await startPostgres(postgresOptions);
      },
    },
    postgresUrl: postgres.url,
    /** Has the bridge hold a gateway, as the deployer would. */
    connect: async (name: string, { url, token }: { url: string; token: string }): Promise<void> => {
      const secret = await call(authRequests.storeSecret, { name, value: token });
      await call(openclawRequests.openConnection, {
        deploymentId: newId(),
        name,
        url,
        tokenSecretId: secret.id,
      });
    },
    stop: async () => {
      const children = [...running.values()];
      running.clear();
      for (const child of children) child.kill('SIGKILL');
      await bus.drain().catch(() => undefined);
      await nats.stop();
      await postgres.stop();
      await removeCluster(postgresOptions.dataDir);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type ProcessSystem = Awaited<ReturnType<typeof startProcessSystem>>;
