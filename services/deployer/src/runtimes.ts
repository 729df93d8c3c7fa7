import { join } from 'node:path';
import { processEnvironment } from '@aether/runtime/config';
import type { DeployerConfig } from './config.js';
import { ContainerCarrier } from './docker/container-carrier.js';
import type { Defaults } from './docker/container-spec.js';
import { connectEngine } from './docker/engine.js';
import { EngineRuntime } from './docker/engine-runtime.js';
import { ProcessRuntime } from './process/process-runtime.js';
import type { AgentRuntime } from './runtime.js';
import { ServiceCarrier } from './swarm/service-carrier.js';

/** The runtimes of this installation by name. */
export class Runtimes {
  constructor(readonly all: readonly AgentRuntime[]) {}

  get(name: AgentRuntime['name']): AgentRuntime {
    const runtime = this.all.find((each) => each.name === name);
    if (!runtime) throw new Error(`There is no runtime "${name}" here.`);
    return runtime;
  }
}

export function runtimesFrom(config: DeployerConfig): Runtimes {
  const ports = { first: config.PORT_FIRST, last: config.PORT_LAST };
  return new Runtimes([
    new ProcessRuntime({
      agentsDirectory: join(config.DATA_DIR, 'deployments'),
      packagesDirectory: config.RUNTIME_DIR ?? join(config.DATA_DIR, 'runtimes', 'openclaw'),
      ports,
      outputBytesMax: config.LOG_FILE_MAX_MB * 1024 * 1024,
      environment: processEnvironment(),
    }),
    ...engineRuntimes(config),
  ]);
}

function engineRuntimes(config: DeployerConfig): EngineRuntime[] {
  const socketPath = config.DOCKER_SOCKET;
  const docker = connectEngine(socketPath);
  const defaults: Defaults = {
    image: config.DOCKER_IMAGE,
    memoryMb: config.AGENT_MEMORY_MB,
    cpus: config.AGENT_CPUS,
    processesMax: config.AGENT_PROCESSES_MAX,
    workspacesDirectory: config.WORKSPACES_DIR,
  };
  const ports = { first: config.PORT_FIRST, last: config.PORT_LAST };
  return [new ContainerCarrier(docker, defaults), new ServiceCarrier(docker, defaults)].map(
    (carrier) =>
      new EngineRuntime({
        docker,
        socketPath,
        carrier,
        agentsDirectory: join(config.DATA_DIR, carrier.name),
        ports,
        defaults,
      }),
  );
}
