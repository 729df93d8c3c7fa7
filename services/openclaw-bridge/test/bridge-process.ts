import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A bridge as a process of its own, from `dist`, so build it first. */
export interface BridgeProcess {
  /** `SIGKILL` ends it without warning, `SIGSTOP` and `SIGCONT` let it sleep. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export function startBridgeProcess(environment: Readonly<Record<string, string>>): BridgeProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  return {
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
