import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { STATE_VARIABLE } from './environment.js';
import { lastLines } from './last-lines.js';
import { gatewayPaths, type GatewayPaths } from './paths.js';
import { assertPortFree } from './port.js';
import { identify, isAlive, processesWith, residentBytes, signal } from './process-table.js';

export interface StartOptions {
  /** Absolute directory that `writeGatewayFiles` prepared. */
  readonly directory: string;
  /** `entry` of `installOpenClaw`. */
  readonly entry: string;
  /** The whole environment of the process, from `gatewayEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The port in the configuration. */
  readonly port: number;
  /** Node.js 24.16 or newer of the 24 line. Default `process.execPath`. */
  readonly nodePath?: string;
}

/** How a gateway is; `code` and `signal` are unknown for a process that this one did not start. */
export type GatewayStatus =
  | { readonly state: 'running'; readonly pid: number }
  | { readonly state: 'exited'; readonly code?: number; readonly signal?: NodeJS.Signals };

const RunRecord = z.object({ pid: z.int().positive(), start: z.string(), port: z.int() });
type RunRecord = z.infer<typeof RunRecord>;

/** Output kept from the runs before the present one, in bytes, before it is set aside. */
const OUTPUT_LOG_BYTES_MAX = 10 * 1024 * 1024;

/** One gateway process, started by this process or found again after a crash. */
export class GatewayProcess {
  private exit: { code?: number; signal?: NodeJS.Signals } = {};
  /** Set when this process started the gateway: settles once `exit` is known. */
  private readonly exited: Promise<unknown> | undefined;

  /** Use `startGateway` or `adoptGateway`. */
  constructor(
    private readonly paths: GatewayPaths,
    private readonly record: RunRecord,
    child?: ChildProcess,
  ) {
    this.exited = child && once(child, 'exit');
    child?.once('exit', (code: number | null, name: NodeJS.Signals | null) => {
      this.exit = { ...(code === null ? {} : { code }), ...(name === null ? {} : { signal: name }) };
    });
  }

  get pid(): number {
    return this.record.pid;
  }

  get port(): number {
    return this.record.port;
  }

  status(): GatewayStatus {
    return isAlive(this.record) ? { state: 'running', pid: this.pid } : { state: 'exited', ...this.exit };
  }

  /** Resident memory in bytes of the gateway and of everything its agents run. Reads all of /proc. */
  residentBytes(): number {
    const pids = processesWith(STATE_VARIABLE, this.paths.state);
    return pids.reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0);
  }

  /** The last lines that the process printed, oldest first. Default 20. */
  lastOutput(lines = 20): string[] {
    return lastLines(this.paths.outputLog, lines);
  }

  /**
   * Resolves once the gateway answers that it is ready. Rejects, with its last lines, when it exits first or needs
   * longer than `timeoutMs` (default 120 000; it has been seen to need 10 s alone and 25 s beside busy neighbours).
   */
  async waitUntilReady(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? 120_000;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      options.signal?.throwIfAborted();
      if (await answersReady(this.port)) return;
      const status = this.status();
      if (status.state === 'exited') {
        await this.exited;
        throw new Error(
          this.describe(`The OpenClaw gateway ${describeExit(this.exit)} before it was ready.`),
        );
      }
      if (Date.now() > deadline) {
        throw new Error(
          this.describe(`The OpenClaw gateway was not ready within ${Math.round(timeoutMs / 1000)} s.`),
        );
      }
      await sleep(200, undefined, { signal: options.signal });
    }
  }

  /**
   * Asks the gateway to end and waits up to `drainMs` (default 30 000; the gateway itself would wait 315 000 for
   * running turns), then kills it. In both cases the commands that its agents left behind are killed too.
   * `drained` tells whether it ended by itself. Does nothing when it has ended already.
   */
  async stop(options: { drainMs?: number } = {}): Promise<{ drained: boolean }> {
    if (isAlive(this.record)) signal(this.pid, 'SIGTERM');
    const drained = await this.waitForExit(options.drainMs ?? 30_000);
    await this.kill();
    return { drained };
  }

  /** Kills the gateway and everything its agents started, at once. */
  async kill(): Promise<void> {
    if (isAlive(this.record)) signal(this.pid, 'SIGKILL');
    await reap(this.paths);
    if (!(await this.waitForExit(10_000))) {
      throw new Error(`Process ${this.pid} of the OpenClaw gateway did not end although it was killed.`);
    }
    rmSync(this.paths.record, { force: true });
  }

  private async waitForExit(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (isAlive(this.record)) {
      if (Date.now() > deadline) return false;
      await sleep(25);
    }
    await this.exited;
    return true;
  }

  private describe(what: string): string {
    const lines = this.lastOutput();
    return lines.length > 0 ? `${what} Its last lines:\n${lines.join('\n')}` : `${what} It printed nothing.`;
  }
}

/**
 * Starts the gateway as a process that outlives this one. Starting twice gives the process that already runs.
 * Rejects when the port is taken or Node.js cannot be started; use `waitUntilReady` for the rest.
 */
export async function startGateway(options: StartOptions): Promise<GatewayProcess> {
  const running = adoptGateway(options.directory);
  if (running) return running;
  const paths = gatewayPaths(options.directory);
  await reap(paths);
  await assertPortFree(options.port);
  const output = openOutputLog(paths.outputLog);
  const child = spawn(options.nodePath ?? process.execPath, [options.entry, 'gateway', 'run'], {
    cwd: paths.directory,
    env: options.environment,
    stdio: ['ignore', output, output],
    // A session of its own, so that neither our end nor Ctrl-C in our terminal reaches it.
    detached: true,
  });
  closeSync(output);
  // Rejects with the cause when the program cannot be started.
  await once(child, 'spawn');
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new Error(`The OpenClaw gateway ended at once. See ${paths.outputLog}.`);
  const record = { ...identity, port: options.port };
  writeRecord(paths.record, record);
  return new GatewayProcess(paths, record, child);
}

/** The gateway of this directory that still runs, whoever started it; undefined when there is none. */
export function adoptGateway(directory: string): GatewayProcess | undefined {
  const paths = gatewayPaths(directory);
  const record = readRecord(paths.record);
  return record && isAlive(record) ? new GatewayProcess(paths, record) : undefined;
}

async function answersReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function describeExit(exit: { code?: number; signal?: NodeJS.Signals }): string {
  if (exit.code === 78) return 'refused its configuration (exit code 78)';
  if (exit.code !== undefined) return `exited with code ${exit.code}`;
  return exit.signal ? `was ended by ${exit.signal}` : 'exited';
}

/**
 * Kills what a gateway left behind. Its commands run in sessions of their own, so killing its process group would
 * miss them; they are known by the environment they inherited.
 */
async function reap(paths: GatewayPaths): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const pids = processesWith(STATE_VARIABLE, paths.state).filter((pid) => pid !== process.pid);
    if (pids.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Processes ${pids.join(', ')} of the OpenClaw gateway did not end although they were killed.`,
      );
    }
    for (const pid of pids) signal(pid, 'SIGKILL');
    await sleep(20);
  }
}

function openOutputLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > OUTPUT_LOG_BYTES_MAX) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function writeRecord(path: string, record: RunRecord): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

function readRecord(path: string): RunRecord | undefined {
  try {
    return RunRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // None, or half of one: then nothing is known to run.
  }
}
