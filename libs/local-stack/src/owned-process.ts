import { execFile, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LaunchOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  /** Run as this user instead of the present one (only root can). */
  readonly uid?: number;
  readonly gid?: number;
}

export interface StopOptions {
  readonly signal: NodeJS.Signals;
  /** How long the signal may take before SIGKILL follows. */
  readonly graceMs: number;
}

export interface LaunchedProcess {
  readonly pid: number;
  /** Resolves with the reason when the process ends, wanted or not. */
  readonly exited: Promise<string>;
  /** Ends it, if it has not ended; resolves when it is gone. */
  stop(options: StopOptions): Promise<void>;
}

/**
 * Starts a program in a session of its own: a Ctrl-C meant for its parent does not reach it, so the parent can
 * stop things in order. Throws when there is no such program.
 */
export async function launch(options: LaunchOptions): Promise<LaunchedProcess> {
  const log = await open(options.logFile, 'a', 0o600);
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      uid: options.uid,
      gid: options.gid,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    });
    child.unref();
    const { pid } = child;
    if (pid === undefined) throw new Error(`Cannot start ${options.command}: ${await exited}`);
    // Once it has ended, its id may belong to somebody else's process.
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    return {
      pid,
      exited,
      stop: async (how) => (hasEnded() ? undefined : stopProcess(pid, how)),
    };
  } finally {
    await log.close();
  }
}

/** The command line of a running process, or null. Told by /proc, elsewhere by ps. */
async function commandLine(pid: number): Promise<string | null> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    if (process.platform === 'linux') return null;
  }
  return run('ps', ['-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => null,
  );
}

/** True where `pid` runs and is the program started with `marker` (a path of ours) on its command line. */
export async function isOurs(pid: number, marker: string): Promise<boolean> {
  return (await commandLine(pid))?.includes(marker) ?? false;
}

/**
 * When a process began, as the system tells it. Ids are used again; an id together with its beginning names one
 * process. Null where none runs.
 */
export async function beginningOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux')
    return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
      ({ stdout }) => stdout.trim() || null,
      () => null,
    );
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name, in parentheses, may hold anything; field 3 is the state, field 22 the beginning.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** True while a process of this id runs. A zombie has no command line left, and counts as gone. */
async function isRunning(pid: number): Promise<boolean> {
  return Boolean((await commandLine(pid))?.trim());
}

/** The number in a pid file, or null. */
export async function readPid(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** Sends `signal`, waits up to `graceMs`, then kills. Resolves when the process is gone. */
export async function stopProcess(pid: number, { signal, graceMs }: StopOptions): Promise<void> {
  if (!(await isRunning(pid))) return;
  send(pid, signal);
  const deadline = Date.now() + graceMs;
  while ((await isRunning(pid)) && Date.now() < deadline) await delay(20);
  if (!(await isRunning(pid))) return;
  send(pid, 'SIGKILL');
  while (await isRunning(pid)) await delay(20);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The end of a log, to be shown when something did not start. */
export async function lastLines(file: string, count = 15): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
