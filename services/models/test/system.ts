import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { authService } from '@aether/auth/service';
import type { CallInputOf, Catalog, OutputOf, RequestContract } from '@aether/contracts/contract';
import { deployerCatalog, deployerEvents } from '@aether/contracts/deployer';
import { modelsRequests } from '@aether/contracts/models';
import type { Role } from '@aether/contracts/schemas';
import { serviceContext, type Context } from '@aether/messaging/context';
import { contextPairs } from '@aether/messaging/headers';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { missionsService } from '@aether/missions/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { migrateService, startService, type RunningService } from '@aether/runtime/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';
import { runDirectory } from '@aether/testing/run-directory';
import { modelsService } from '../src/service.js';

export const asService: Context = serviceContext('deployer');
export const as = (role: Role | null): Context => ({
  ...serviceContext('test'),
  actor: role ? { type: 'user', id: newId(), role } : { type: 'anonymous', id: 'anonymous', role: null },
});

type Neighbour = 'auth' | 'missions' | 'openclaw-bridge';

/** The models service on a NATS and a database of its own, with other services beside it where a test needs them. */
export async function startModels(settings: Record<string, string> = {}, beside: readonly Neighbour[] = []) {
  const [nats, database] = await Promise.all([startTestNats(), testDatabase('models')]);
  const connect = (user: 'deployer' | 'test', catalog: Catalog | null) =>
    Messaging.connect({
      url: nats.url,
      user,
      password: nats.passwordOf(user),
      catalog,
      reportFault: (error) => {
        throw error;
      },
    });
  const stopBeside = await Promise.all(beside.map((name) => startBeside(name, nats)));
  const environment = {
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('models'),
    DATABASE_URL: database.url,
    MODELS_PORT: '0',
    LOG_LEVEL: 'silent',
    DEMO_DELAY_MS: '1',
    ...settings,
  };
  await migrateService(modelsService, environment);
  const [deployer, bus] = await Promise.all([connect('deployer', deployerCatalog), connect('test', null)]);
  let service: RunningService | null = await startService(modelsService, environment);
  const stopService = async () => {
    const running = service;
    service = null;
    await running?.stop();
  };

  const call = async <C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    context = asService,
  ): Promise<OutputOf<C>> => bus.call(contract, input, context);
  const { baseUrl } = await call(modelsRequests.getEndpoint, {});

  const events: { subject: string; payload: unknown }[] = [];
  const reading = new AbortController();
  const read = (async () => {
    for await (const { subject, payload } of bus.readEvents('models', 1, reading.signal))
      events.push({ subject, payload });
  })();

  return {
    baseUrl,
    database,
    call,
    /** A deployment with a key. */
    deployment: async () => {
      const deploymentId = newId();
      const { key } = await call(modelsRequests.issueVirtualKey, { deploymentId });
      return { deploymentId, key };
    },
    /** A chat completion, as an agent asks for one. */
    ask: async (
      key: string,
      body: unknown,
      {
        signal,
        session,
        path = '/chat/completions',
      }: { signal?: AbortSignal; session?: string; path?: string } = {},
    ) =>
      fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(session && { session_id: session }),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal,
      }),
    /** The one usage row of a deployment, once it is written. */
    usageOf: async (deploymentId: string) =>
      eventually(async () => {
        const { items } = await call(modelsRequests.listUsage, { deploymentId }, as('viewer'));
        const [usage, ...more] = items;
        if (!usage || more.length > 0) throw new Error(`${items.length} usage rows`);
        return usage;
      }),
    /** Events published so far; grows. */
    events,
    deleteDeployment: async (deploymentId: string) => {
      const payload = { deploymentId, name: 'gone' };
      const { subject } = deployerEvents.deploymentDeleted;
      await deployer.publish({ id: newId(), subject, headers: contextPairs(asService), payload });
    },
    startService: async () => {
      service = await startService(modelsService, environment);
    },
    stopService,
    stop: async () => {
      reading.abort();
      await read;
      await stopService();
      await Promise.all(stopBeside.map((stopOne) => stopOne()));
      await Promise.all([deployer.drain(), bus.drain()]);
      await Promise.all([nats.stop(), database.drop()]);
    },
  };
}

/** A neighbour on the same bus, with a database of its own; gives what stops it. */
async function startBeside(name: Neighbour, nats: Awaited<ReturnType<typeof startTestNats>>) {
  const database = await testDatabase(name);
  const environment = {
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf(name),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
    MASTER_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: await mkdtemp(join(runDirectory(), `${name}-`)),
  };
  const definition = {
    auth: authService,
    missions: missionsService,
    'openclaw-bridge': openclawBridgeService,
  }[name];
  await migrateService(definition, environment);
  const running = await startService(definition, environment);
  return async () => {
    await running.stop();
    await database.drop();
  };
}

export const saying = (text: string, more: object = {}) => ({
  model: 'default',
  messages: [{ role: 'user', content: text }],
  ...more,
});
