import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import type { Role } from '@aether/contracts/schemas';
import type { ServiceName } from '@aether/contracts/topology';
import { authService } from '@aether/auth/service';
import { authRequests } from '@aether/contracts/auth';
import { openclawRequests } from '@aether/contracts/openclaw';
import { deployerService } from '@aether/deployer/service';
import { serviceContext, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { missionsService } from '@aether/missions/service';
import { modelsService } from '@aether/models/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { migrateService, startService, type ServiceDefinition } from '@aether/runtime/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { orchestratorService } from '../src/service.js';

export const person = (role: Role = 'operator', id = newId()): Context => ({
  ...serviceContext('test'),
  actor: { type: 'user', id, role },
});

/**
 * The orchestrator beside the services it asks; the model is the demo model unless `settings` name another. With
 * agents, the bridge and the vault are there as well.
 */
export async function startOrchestrator(
  settings: Record<string, string> = {},
  { withAgents = false }: { withAgents?: boolean } = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'aether-orchestrator-'));
  const nats = await startTestNats();
  const databases: Awaited<ReturnType<typeof testDatabase>>[] = [];

  const start = async (service: ServiceDefinition, name: ServiceName) => {
    const database = await testDatabase(name);
    databases.push(database);
    const environment = {
      NATS_URL: nats.url,
      NATS_PASSWORD: nats.passwordOf(name),
      DATABASE_URL: database.url,
      DATA_DIR: directory,
      MODELS_PORT: '0',
      AGENT_ENDPOINT_PORT: '0',
      DEMO_DELAY_MS: '1',
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'silent',
      ...settings,
    };
    await migrateService(service, environment);
    return { database, environment, running: await startService(service, environment) };
  };
  const neighbours = [
    await start(missionsService, 'missions'),
    await start(modelsService, 'models'),
    await start(deployerService, 'deployer'),
  ];
  if (withAgents)
    neighbours.push(await start(authService, 'auth'), await start(openclawBridgeService, 'openclaw-bridge'));
  const own = await start(orchestratorService, 'orchestrator');
  let { running } = own;
  const gateway = await Messaging.connect({
    url: nats.url,
    user: 'gateway',
    password: nats.passwordOf('gateway'),
    catalog: null,
    reportFault: (error) => {
      throw error;
    },
  });

  const bus = await Messaging.connect({
    url: nats.url,
    user: 'test',
    password: nats.passwordOf('test'),
    catalog: null,
    reportFault: (error) => {
      throw error;
    },
  });

  return {
    directory,
    /** What a gateway of this system needs. */
    edgeEnvironment: { NATS_URL: nats.url, NATS_PASSWORD: nats.passwordOf('gateway') },
    database: own.database,
    gateway,
    bus,
    /** Has the bridge hold a gateway, as the deployer would; the deployment's id. */
    connect: async (name: string, { url, token }: { url: string; token: string }): Promise<string> => {
      const context = serviceContext('test');
      const secret = await bus.call(authRequests.storeSecret, { name, value: token }, context);
      const deploymentId = newId();
      const input = { deploymentId, name, url, tokenSecretId: secret.id };
      await bus.call(openclawRequests.openConnection, input, context);
      return deploymentId;
    },
    call: async <C extends RequestContract>(
      contract: C,
      input: CallInputOf<C>,
      context: Context,
    ): Promise<OutputOf<C>> => gateway.call(contract, input, context),
    restart: async () => {
      await running.stop();
      running = await startService(orchestratorService, own.environment);
    },
    stop: async () => {
      await running.stop();
      for (const neighbour of neighbours.reverse()) await neighbour.running.stop();
      await gateway.drain();
      await bus.drain();
      await Promise.all(databases.map((database) => database.drop()));
      await nats.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type Orchestrator = Awaited<ReturnType<typeof startOrchestrator>>;
