import { join } from 'node:path';
import type { ServiceName } from '@aether/contracts/topology';
import type { Environment } from '@aether/runtime/config';
import type { RunningService, ServiceDefinition } from '@aether/runtime/service';
import type { CliConfig } from '../config.js';

/** Where the parts of this system find one another. */
export interface StackAddresses {
  readonly natsUrl: string;
  readonly natsPasswords: Readonly<Record<ServiceName, string>>;
  readonly databaseUrls: Readonly<Record<DatabaseOwner, string>>;
  readonly masterKey: string;
  readonly modelsPort: number;
  readonly agentEndpointPort: number;
  readonly gatewayPort: number;
  /** First of the ports for agents. */
  readonly agentsPort: number;
}

/** More than one machine holds; each system has a range of its own, so that two do not choose the same port at once. */
const AGENT_PORTS = 200;

/** The services that own a database, by the names of their folders. */
export const databaseOwners = [
  'auth',
  'models',
  'openclaw-bridge',
  'deployer',
  'missions',
  'orchestrator',
] as const;
export type DatabaseOwner = (typeof databaseOwners)[number];

/** The services' definitions, loaded only by the host: the other commands speak HTTP. */
export async function loadServices(): Promise<ServiceDefinition[]> {
  const [auth, models, bridge, deployer, missions, orchestrator] = await Promise.all([
    import('@aether/auth/service'),
    import('@aether/models/service'),
    import('@aether/openclaw-bridge/service'),
    import('@aether/deployer/service'),
    import('@aether/missions/service'),
    import('@aether/orchestrator/service'),
  ]);
  return [
    auth.authService,
    models.modelsService,
    bridge.openclawBridgeService,
    deployer.deployerService,
    missions.missionsService,
    orchestrator.orchestratorService,
  ];
}

export async function startEdge(
  config: CliConfig,
  addresses: StackAddresses,
): Promise<RunningService & { url: string }> {
  const { startGateway } = await import('@aether/gateway/service');
  return startGateway(environmentOf('gateway', config, addresses));
}

/**
 * What a service would find in its environment if it ran alone. Settings that are not the host's to decide come
 * from whoever started the host, such as the model provider's.
 */
export function environmentOf(
  service: ServiceName,
  config: CliConfig,
  addresses: StackAddresses,
): Environment {
  const { environment, dataDir } = config;
  const common: Environment = {
    ...environment,
    NATS_URL: addresses.natsUrl,
    NATS_USER: service,
    NATS_PASSWORD: addresses.natsPasswords[service],
    STREAM_REPLICAS: '1',
    HEALTH_PORT: undefined,
  };
  const agentEndpoint = `http://127.0.0.1:${addresses.agentEndpointPort}`;
  const publicUrl = environment.PUBLIC_URL ?? `http://${config.host}:${addresses.gatewayPort}`;
  const database = databaseOwners.find((owner) => owner === service);
  const own: Partial<Record<ServiceName, Environment>> = {
    auth: {
      PUBLIC_URL: publicUrl,
      ...(!environment.MASTER_KEY && !environment.MASTER_KEY_FILE && { MASTER_KEY: addresses.masterKey }),
    },
    models: {
      DATA_DIR: dataDir,
      MODELS_HOST: '127.0.0.1',
      MODELS_PORT: String(addresses.modelsPort),
      MODELS_PUBLIC_URL: undefined,
    },
    deployer: {
      DATA_DIR: dataDir,
      AGENT_TOOLS_URL: `${agentEndpoint}/mcp`,
      RUNTIME_DIR: config.openclawDir ?? undefined,
      STOP_AGENTS_ON_EXIT: 'true',
      WORKSPACES_DIR: join(dataDir, 'shared'),
      PORT_FIRST: String(addresses.agentsPort),
      PORT_LAST: String(addresses.agentsPort + AGENT_PORTS - 1),
    },
    missions: { DATA_DIR: dataDir },
    orchestrator: {
      DATA_DIR: dataDir,
      AGENT_ENDPOINT_HOST: '127.0.0.1',
      AGENT_ENDPOINT_PORT: String(addresses.agentEndpointPort),
      // Who works on another machine comes in where people do.
      AGENT_ENDPOINT_URL: publicUrl,
    },
    gateway: { HOST: config.host, PORT: String(addresses.gatewayPort), AGENT_ENDPOINT_URL: agentEndpoint },
  };
  return {
    ...common,
    ...(database && { DATABASE_URL: addresses.databaseUrls[database] }),
    ...own[service],
  };
}
