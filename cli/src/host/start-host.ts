import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryInUse, lockDirectory } from '@aether/local-stack/directory-lock';
import { openStackState } from '@aether/local-stack/stack-state';
import type { Level } from 'pino';
import { CommandError, toCommandError } from '../command-error.js';
import type { CliConfig } from '../config.js';
import { edgePort, localUrl } from './edge-address.js';
import { openHostLog } from './host-log.js';
import { removeInstance, writeInstance } from './instance.js';
import { setupLink } from './operator.js';
import type { HostReady } from './run-host.js';
import { loadServices, type StackAddresses } from './services.js';
import { startEdgeWhenReady, startServices } from './start-services.js';
import { keepNats, keepPostgres, makeDatabases, natsPasswords } from './stack.js';
import { stage, type Report } from './stages.js';
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
    undo.push('the data directory', await lockDirectory(config.dataDir));
    const logDir = join(config.dataDir, 'logs');
    await mkdir(logDir, { recursive: true, mode: 0o700 });
    const level = (config.environment.LOG_LEVEL ?? 'info') as Level;
    const log = openHostLog(logDir, { level, shown });
    undo.push('the log', () => log.close());
    const { logger } = log;
    const faults = watchFaults((err) => logger.fatal({ err }, 'an error was not caught; the host stops'));
    undo.push('fault handling', async () => faults.end());

    const passwords = await natsPasswords(state);
    const parts = { config, state, logger };
    const loading = loadServices();
    loading.catch(() => undefined);
    const started = await Promise.allSettled([
      stage(report, 'starting PostgreSQL', async (note) => {
        const postgres = await keepPostgres({ ...parts, note });
        undo.push(
          'PostgreSQL',
          () => postgres.stop(),
          () => postgres.kill('SIGQUIT'),
        );
        return { told: `PostgreSQL on port ${new URL(postgres.process.url).port}`, value: postgres };
      }),
      stage(report, 'looking for nats-server', async (note) => {
        const nats = await keepNats({ ...parts, note }, passwords);
        undo.push(
          'NATS',
          () => nats.stop(),
          () => nats.kill('SIGKILL'),
        );
        return {
          told: `NATS ${nats.process.version} on port ${new URL(nats.process.url).port}`,
          value: nats,
        };
      }),
    ]);
    const [postgres, nats] = started.map(valueOf) as [
      Awaited<ReturnType<typeof keepPostgres>>,
      Awaited<ReturnType<typeof keepNats>>,
    ];
    signal.throwIfAborted();

    const addresses: StackAddresses = {
      natsUrl: nats.process.url,
      natsPasswords: passwords,
      databaseUrls: await makeDatabases(state, postgres.process.url),
      masterKey: await state.secret('master-key'),
      modelsPort: await state.port('models'),
      gatewayPort: await edgePort(config, state),
    };
    await startServices({ config, addresses, definitions: await loading, report, undo });
    signal.throwIfAborted();
    const url = localUrl(config, addresses.gatewayPort);
    await startEdgeWhenReady({ config, addresses, url, report, undo });

    const access = {
      url,
      natsUrl: addresses.natsUrl,
      operatorPassword: passwords.operator,
      startedAt: new Date().toISOString(),
    };
    const ready = { pid: process.pid, url, setupUrl: await setupLink(access) };
    signal.throwIfAborted();
    await writeInstance(config.dataDir, { ...access, state: 'ready' });
    undo.push('the announcement', () => removeInstance(config.dataDir));
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

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** In one process a forgotten rejection of one service must not end all of them; an exception leaves no choice. */
function watchFaults(report: (error: unknown) => void) {
  let listener: () => void = () => undefined;
  const onException = (error: unknown) => {
    report(error);
    listener();
  };
  const onRejection = (error: unknown) => report(error);
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
