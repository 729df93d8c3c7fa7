import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryInUse, lockDirectory } from '@aether/local-stack/directory-lock';
import { openStackState } from '@aether/local-stack/stack-state';
import type { Logger } from '@aether/runtime/logger';
import type { Level } from 'pino';
import { CommandError, toCommandError } from '../command-error.js';
import type { CliConfig } from '../config.js';
import { localUrl } from './edge-address.js';
import { openHostLog } from './host-log.js';
import { removeInstance, writeInstance } from './instance.js';
import { setupLink } from './operator.js';
import type { HostReady } from './run-host.js';
import { loadServices } from './services.js';
import { startEdgeWhenReady, startServices } from './start-services.js';
import { startStack } from './stack.js';
import type { Report } from './stages.js';
import { Undo } from './undo.js';

export interface RunningHost {
  readonly ready: HostReady;
  /** Services first, then NATS, then PostgreSQL. */
  stop(report: Report): Promise<void>;
  /** At once: what was accepted is in the database, and the next start cleans up. */
  kill(): void;
  /** Called once when something failed in a way that nothing catches. */
  onFault(listener: () => void): void;
}

/** Starts everything in this process and its two children. What was started is stopped again if a part fails. */
export async function startHost(
  config: CliConfig,
  options: { report: Report; shown: Level | null; signal: AbortSignal },
): Promise<RunningHost> {
  const { report, shown, signal } = options;
  const undo = new Undo();
  try {
    const state = await openStackState(config.dataDir);
    undo.pushQuietly(await lockDirectory(config.dataDir));
    // Told of until the very end: whoever comes meanwhile waits.
    undo.pushQuietly(() => removeInstance(config.dataDir));
    const logDir = join(config.dataDir, 'logs');
    await mkdir(logDir, { recursive: true, mode: 0o700 });
    const level = (config.environment.LOG_LEVEL ?? 'info') as Level;
    const log = openHostLog(logDir, { level, shown });
    undo.pushQuietly(() => log.close());
    const { logger } = log;
    const faults = watchFaults(logger);
    undo.pushQuietly(async () => faults.end());

    const loading = loadServices();
    loading.catch(() => undefined);
    const addresses = await startStack({ config, state, logger, report, undo });
    signal.throwIfAborted();
    await startServices({ config, addresses, definitions: await loading, report, undo });
    signal.throwIfAborted();
    const url = localUrl(config, addresses.gatewayPort);
    await startEdgeWhenReady({ config, addresses, url, report, undo });

    const access = {
      url,
      natsUrl: addresses.natsUrl,
      operatorPassword: addresses.natsPasswords.operator,
      startedAt: new Date().toISOString(),
    };
    const ready = { pid: process.pid, url, setupUrl: await setupLink(access) };
    signal.throwIfAborted();
    await writeInstance(config.dataDir, { ...access, state: 'ready' });
    logger.info({ url }, 'ready');
    return {
      ready,
      onFault: (listener) => faults.listen(listener),
      kill: () => undo.abandon(),
      stop: async (told) => {
        await writeInstance(config.dataDir, { ...access, state: 'stopping' });
        await undo.run(told);
      },
    };
  } catch (error) {
    await undo.run(signal.aborted ? report : () => undefined);
    throw startError(error, config, signal);
  }
}

/** In one process a forgotten rejection of one service must not end all of them; an exception leaves no choice. */
function watchFaults(logger: Logger) {
  let listener: () => void = () => undefined;
  const onException = (err: unknown) => {
    logger.fatal({ err }, 'an exception was not caught; the host stops');
    listener();
  };
  const onRejection = (err: unknown) => logger.error({ err }, 'a rejection was not handled');
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onRejection);
  return {
    listen: (given: () => void) => (listener = given),
    end: () => {
      process.off('uncaughtException', onException);
      process.off('unhandledRejection', onRejection);
    },
  };
}

function startError(error: unknown, config: CliConfig, signal: AbortSignal): CommandError {
  if (signal.aborted)
    return new CommandError({ code: 'interrupted', detail: 'Stopped before it was ready.', exitCode: 130 });
  if (error instanceof CommandError) return error;
  if (error instanceof DirectoryInUse)
    return new CommandError({
      code: 'already_running',
      detail: `Another host (process ${error.pid}) is starting or running on ${config.dataDir}.`,
      hint: 'Wait for it, stop it with `npx aether down`, or use another AETHER_DATA_DIR.',
    });
  return new CommandError({
    code: 'start_failed',
    detail: toCommandError(error).message,
    hint: `Run \`npx aether doctor\`; the full log is ${join(config.dataDir, 'logs', 'aether.log')}.`,
    cause: error,
  });
}
