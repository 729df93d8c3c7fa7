import { join } from 'node:path';
import { processEnvironment } from '@aether/runtime/config';
import type { DeployerConfig } from './config.js';
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
  return new Runtimes([
    new ProcessRuntime({
      agentsDirectory: join(config.DATA_DIR, 'deployments'),
      packagesDirectory: config.RUNTIME_DIR ?? join(config.DATA_DIR, 'runtimes', 'openclaw'),
      ports: { first: config.PORT_FIRST, last: config.PORT_LAST },
      outputBytesMax: config.LOG_FILE_MAX_MB * 1024 * 1024,
      environment: processEnvironment(),
    }),
  ]);
}
