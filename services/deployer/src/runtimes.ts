import { join } from 'node:path';
import { processEnvironment } from '@aether/runtime/config';
import type { DeployerConfig } from './config.js';
import { DockerRuntime } from './docker/docker-runtime.js';
import { ProcessRuntime } from './process/process-runtime.js';
import type { AgentRuntime } from './runtime.js';

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
    new DockerRuntime({
      socketPath: config.DOCKER_SOCKET,
      agentsDirectory: join(config.DATA_DIR, 'docker'),
      ports,
      defaults: {
        image: config.DOCKER_IMAGE,
        memoryMb: config.AGENT_MEMORY_MB,
        cpus: config.AGENT_CPUS,
        processesMax: config.AGENT_PROCESSES_MAX,
        workspacesDirectory: config.WORKSPACES_DIR,
      },
    }),
  ]);
}
