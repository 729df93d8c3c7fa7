import type { Level } from 'pino';
import type { CliConfig } from '../config.js';
import type { Report } from './stages.js';
import { startHost, type RunningHost } from './start-host.js';

/** What to tell once the system is there. */
export interface HostReady {
  readonly pid: number;
  readonly url: string;
  /** Null where there is an account already. */
  readonly setupUrl: string | null;
}

/** Runs the system in this process until it is asked to stop: by Ctrl-C or SIGTERM in order, by a second one at once. */
export async function runHost(
  config: CliConfig,
  options: { report: Report; shown: Level | null; onReady: (ready: HostReady) => void },
): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  const asked = new AbortController();
  let host: RunningHost | null = null;

  const stop = () => {
    if (asked.signal.aborted) {
      host?.kill();
      process.exit(130);
    }
    asked.abort();
    void host?.stop(options.report).then(stopped.resolve, stopped.reject);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    host = await startHost(config, { ...options, signal: asked.signal });
    // Asked to stop in the very moment in which it was ready.
    if (asked.signal.aborted) return await host.stop(options.report);
    host.onFault(() => {
      process.exitCode = 1;
      if (!asked.signal.aborted) stop();
    });
    options.onReady(host.ready);
    await stopped.promise;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
