import type { RuntimeSettings } from '@aether/contracts/deployer';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import type { ContainerCreateOptions } from 'dockerode';
import { z } from 'zod';

/** Directory of an agent's gateway inside its container; below the mount point of its volume. */
export const VOLUME_TARGET = '/home/node/.openclaw';
export const AGENT_DIRECTORY = `${VOLUME_TARGET}/agent`;
export const GATEWAY_PORT = 18_789;
/** Owner of everything in official images and of what agents write in mounted directories. */
export const USER_ID = 1_000;
/** How containers reach what listens on their host. */
export const HOST_NAME = 'host.docker.internal';

/** What belongs to which installation: others may use the same engine. */
export const labelNames = {
  installation: 'aether.installation',
  deployment: 'aether.deployment',
  runtime: 'aether.runtime',
} as const;

/** What the runtime keeps about one agent, beside the files for its container. */
export const AgentRecord = z.object({
  name: z.string(),
  port: z.number().int(),
  /** Named exactly once it was started, so that its copies and a way back are made with what ran. */
  image: z.string(),
  memoryMb: z.number(),
  cpus: z.number(),
  isolated: z.boolean(),
  modelBaseUrl: z.string(),
  toolServers: z.record(z.string(), z.string()).default({}),
});
export type AgentRecord = z.infer<typeof AgentRecord>;

export interface Defaults extends Required<Pick<RuntimeSettings, 'image' | 'memoryMb' | 'cpus'>> {
  readonly processesMax: number;
  /** Each deployment has a folder below it. */
  readonly workspacesDirectory?: string;
}

const HEALTHY = `fetch('http://127.0.0.1:${GATEWAY_PORT}/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
/** Dropped: all of those that the engine would give it. */
export const NO_CAPABILITIES = ['ALL'];
/** Where its output is kept, and how much of it. */
export const LOGS = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } };
const SECOND = 1_000_000_000;

export interface ContainerIdentity {
  readonly name: string;
  readonly volume: string;
  readonly network: string;
  /** Mounted at the same path, so that a directory has one name inside and outside. */
  readonly workspaces: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

export function environmentOf(): string[] {
  const path = '/usr/local/bin:/usr/bin:/bin';
  const environment = gatewayEnvironment({
    directory: AGENT_DIRECTORY,
    path,
    nodePath: '/usr/local/bin/node',
  });
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

export function containerSpec(
  { name, volume, network, workspaces, labels }: ContainerIdentity,
  record: AgentRecord,
  defaults: Defaults,
): ContainerCreateOptions {
  const bytes = record.memoryMb * 1_048_576;
  return {
    name,
    // The gateway leaves a lease in its state and takes it back only from a process of its own host that is gone: with
    // a host of another name each time, one that was killed would be kept from starting for five minutes.
    Hostname: name,
    Image: record.image,
    Labels: { ...labels },
    Env: environmentOf(),
    // Agents that were killed in the middle of a turn lose it: the drain of a stop is given with the stop.
    StopTimeout: 60,
    ExposedPorts: { [`${GATEWAY_PORT}/tcp`]: {} },
    Healthcheck: {
      Test: ['CMD', 'node', '-e', HEALTHY],
      Interval: 15 * SECOND,
      Timeout: 10 * SECOND,
      StartPeriod: 120 * SECOND,
      Retries: 3,
    },
    HostConfig: {
      Init: true,
      PortBindings: { [`${GATEWAY_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(record.port) }] },
      Memory: bytes,
      MemorySwap: bytes,
      NanoCpus: Math.round(record.cpus * SECOND),
      PidsLimit: defaults.processesMax,
      NetworkMode: network,
      ExtraHosts: [`${HOST_NAME}:host-gateway`],
      CapDrop: NO_CAPABILITIES,
      SecurityOpt: ['no-new-privileges'],
      // The deployer starts it again itself: with pauses, up to a limit, and saying why it ended.
      RestartPolicy: { Name: 'no' },
      LogConfig: LOGS,
      Mounts: [
        { Type: 'volume', Source: volume, Target: VOLUME_TARGET },
        ...(workspaces ? [{ Type: 'bind' as const, Source: workspaces, Target: workspaces }] : []),
      ],
    },
  };
}
