import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, toCommandError } from '../command-error.js';
import type { CliConfig } from '../config.js';
import type { HostReady } from './run-host.js';
import type { Report } from './stages.js';

/** What the detached host tells the command that waits for it. */
const Told = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stage'),
    event: z.object({
      stage: z.string(),
      state: z.enum(['running', 'done', 'failed']),
      text: z.string(),
      ms: z.number(),
    }),
  }),
  z.object({
    kind: z.literal('ready'),
    ready: z.object({ pid: z.number(), url: z.string(), setupUrl: z.string().nullable() }),
  }),
  z.object({
    kind: z.literal('failed'),
    error: z.object({ code: z.string(), detail: z.string(), hint: z.string().optional() }),
  }),
]);
type Told = z.infer<typeof Told>;

const LAST_LINES = 15;

/** The hidden command that the detached process runs. */
export const DETACHED_COMMAND = 'host';

/** Starts the host in a session of its own and waits until it is ready, or tells why it is not. */
export async function startDetached(config: CliConfig, { report }: { report: Report }): Promise<HostReady> {
  const logDir = join(config.dataDir, 'logs');
  await mkdir(logDir, { recursive: true, mode: 0o700 });
  const outputFile = join(logDir, 'host.out');
  const output = await open(outputFile, 'w', 0o600);
  const child = spawn(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, '../main.js'), DETACHED_COMMAND],
    {
      // Named absolutely: the host outlives the folder that this command was called in.
      env: { ...config.environment, AETHER_DATA_DIR: config.dataDir },
      detached: true,
      stdio: ['ignore', output.fd, output.fd, 'ipc'],
    },
  );
  await output.close();
  try {
    return await untilReady(child, { report, outputFile });
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

async function untilReady(
  child: ChildProcess,
  { report, outputFile }: { report: Report; outputFile: string },
): Promise<HostReady> {
  const outcome = Promise.withResolvers<HostReady>();
  let failed: CommandError | null = null;
  child.on('message', (message) => {
    const told = Told.safeParse(message);
    if (!told.success) return;
    if (told.data.kind === 'stage') report(told.data.event);
    else if (told.data.kind === 'ready') outcome.resolve(told.data.ready);
    else failed = new CommandError(told.data.error);
  });
  child.once('error', outcome.reject);
  child.once('exit', (code, signal) => {
    const end = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    void lastLines(outputFile).then((lines) =>
      outcome.reject(
        failed ??
          new CommandError({
            code: 'host_ended',
            detail: `The host ${end} before it was ready.${lines ? `\n${lines}` : ''}`,
            hint: 'Run `npx aether doctor`, or `npx aether up --verbose` to see all of it.',
          }),
      ),
    );
  });
  return outcome.promise;
}

/** The detached process itself: no terminal, so what it has to say goes to the waiting command and to the log. */
export async function runDetached(config: CliConfig): Promise<void> {
  const tell = (told: Told) => {
    if (process.connected) process.send?.(told, undefined, {}, () => undefined);
  };
  try {
    // Loaded here: the command that waits needs none of it.
    const { runHost } = await import('./run-host.js');
    await runHost(config, {
      report: (event) => tell({ kind: 'stage', event }),
      shown: null,
      onReady: (ready) => tell({ kind: 'ready', ready }),
    });
  } catch (thrown) {
    const { code, detail, hint } = toCommandError(thrown).fields;
    tell({ kind: 'failed', error: { code, detail, hint } });
    process.exitCode = 1;
  }
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
