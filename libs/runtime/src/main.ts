import { processEnvironment } from './config.js';
import { migrateService, startService, type RunningService, type ServiceDefinition } from './service.js';

/** Longer than the longest request, shorter than what orchestrators wait before they kill. */
const STOP_WITHIN_MS = 25_000;

/**
 * The whole of a service's `main.ts`: `migrate` as first argument runs the migrations and ends, otherwise the
 * service runs until SIGTERM or SIGINT. Faults at boot are told without a stack and end with code 1.
 */
export async function runMain(definition: ServiceDefinition): Promise<void> {
  const environment = processEnvironment();
  try {
    if (process.argv[2] === 'migrate') {
      const names = await migrateService(definition, environment);
      process.stdout.write(names.length ? `${names.join('\n')}\n` : 'nothing to migrate\n');
      return;
    }
    stopOnSignal(await startService(definition, environment));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Stops a service on SIGTERM or SIGINT, and ends the process even if that hangs. */
export function stopOnSignal(service: RunningService): void {
  const stop = () => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void service.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
