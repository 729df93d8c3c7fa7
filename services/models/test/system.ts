import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { deployerCatalog, deployerEvents } from '@aether/contracts/deployer';
import { modelsRequests } from '@aether/contracts/models';
import type { Role } from '@aether/contracts/schemas';
import { serviceContext, type Context } from '@aether/messaging/context';
import { contextPairs } from '@aether/messaging/headers';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { migrateService, startService, type RunningService } from '@aether/runtime/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';
import { modelsService } from '../src/service.js';

export const asService: Context = serviceContext('deployer');
export const as = (role: Role | null): Context => ({
  ...serviceContext('test'),
  actor: role ? { type: 'user', id: newId(), role } : { type: 'anonymous', id: 'anonymous', role: null },
});

/** The models service on a NATS and a database of its own, as its neighbours see it. */
export async function startModels(settings: Record<string, string> = {}) {
  const [nats, database] = await Promise.all([startTestNats(), testDatabase('models')]);
  const connect = (user: 'deployer' | 'gateway') =>
    Messaging.connect({
      url: nats.url,
      user,
      password: nats.passwordOf(user),
      catalog: user === 'deployer' ? deployerCatalog : null,
      reportFault: (error) => {
        throw error;
      },
    });
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
  const [deployer, gateway] = await Promise.all([connect('deployer'), connect('gateway')]);
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
  ): Promise<OutputOf<C>> =>
    (contract.subject === modelsRequests.listUsage.subject ? gateway : deployer).call(
      contract,
      input,
      context,
    );
  const { baseUrl } = await call(modelsRequests.getEndpoint, {});

  const events: { subject: string; payload: unknown }[] = [];
  const reading = new AbortController();
  const read = (async () => {
    for await (const { subject, payload } of gateway.readEvents('models', 1, reading.signal))
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
    ask: async (key: string, body: unknown, signal?: AbortSignal) =>
      fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
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
    stopService,
    stop: async () => {
      reading.abort();
      await read;
      await stopService();
      await Promise.all([deployer.drain(), gateway.drain()]);
      await Promise.all([nats.stop(), database.drop()]);
    },
  };
}

export const saying = (text: string, more: object = {}) => ({
  model: 'default',
  messages: [{ role: 'user', content: text }],
  ...more,
});
