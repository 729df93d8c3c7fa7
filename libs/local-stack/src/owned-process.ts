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

/**
 * Starts a program in a session of its own: a Ctrl-C meant for its parent does not reach it, so the parent can
 * stop things in order. Returns the process id and a promise of its end.
 */
export async function launch(options: LaunchOptions): Promise<{ pid: number; exited: Promise<string> }> {
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
    if (child.pid === undefined) throw new Error(`Cannot start ${options.command}: ${await exited}`);
    return { pid: child.pid, exited };
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
export async function stopProcess(
  pid: number,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  if (!(await isRunning(pid))) return;
  process.kill(pid, signal);
  const deadline = Date.now() + graceMs;
  while ((await isRunning(pid)) && Date.now() < deadline) await delay(20);
  if (!(await isRunning(pid))) return;
  process.kill(pid, 'SIGKILL');
  while (await isRunning(pid)) await delay(20);
}

/** The end of a log, to be shown when something did not start. */
export async function lastLines(file: string, count = 15): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
