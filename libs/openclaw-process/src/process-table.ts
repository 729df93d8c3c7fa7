import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

/**
 * Names one process for good: a pid alone is given to another process once its owner has ended, a pid with its
 * start is not. Compare with `isAlive`; store it as JSON.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque. Linux: boot id and clock ticks since boot; elsewhere what `ps` prints. */
  readonly start: string;
}

const HAS_PROC = existsSync('/proc/self/stat');

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined; // It ended, or it belongs to somebody else.
  }
}

function ps(...args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return ''; // ps ends with 1 when no process matches.
  }
}

/** The identity of a running process; undefined when there is none with this pid, or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!HAS_PROC) {
    const [state, ...start] = ps('-o', 'stat=,lstart=', '-p', String(pid)).split(/\s+/u);
    return state && !state.startsWith('Z') ? { pid, start: start.join(' ') } : undefined;
  }
  const stat = readProc(`${pid}/stat`);
  // The command may contain spaces and brackets, so the fields are counted from the last one.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const bootId = readProc('sys/kernel/random/boot_id')?.trim() ?? '';
  return { pid, start: `${bootId}:${fields[19]}` };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start;
}

/** Resident memory in bytes; undefined when the process has ended. */
export function residentBytes(pid: number): number | undefined {
  const text = HAS_PROC
    ? /VmRSS:\s+(\d+) kB/u.exec(readProc(`${pid}/status`) ?? '')?.[1]
    : ps('-o', 'rss=', '-p', String(pid));
  return text ? Number(text) * 1024 : undefined;
}

/**
 * Pids of the running processes whose environment held `variable=value` when they started. Children inherit the
 * environment, so this finds those that left their parent's group or session, or outlived their parent.
 * A process started with a cleared environment is not found.
 */
export function processesWith(variable: string, value: string): number[] {
  const entry = `${variable}=${value}`;
  const isMarked = HAS_PROC
    ? (pid: number) => readProc(`${pid}/environ`)?.split('\0').includes(entry) === true
    : (pid: number) => ` ${ps('-Eww', '-o', 'command=', '-p', String(pid))} `.includes(` ${entry} `);
  const pids = HAS_PROC ? readdirSync('/proc') : ps('-x', '-o', 'pid=').split('\n');
  return pids.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0 && isMarked(pid));
}

/** Sends a signal and tells whether there was somebody to receive it. Negative pids mean process groups. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
