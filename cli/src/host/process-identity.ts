import { readFileSync } from 'node:fs';

/** Fields of proc(5) behind the name, which may hold blanks and brackets; null where the system has no /proc. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Tells a process from a later one with the same number; null where the system does not say. */
export function startTimeOf(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** False also for a process that has ended and only waits for its parent to notice. */
export function isAlive(pid: number, startTime: string | null = null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = statOf(pid);
  if (stat === null) return true;
  const ended = ['Z', 'X'].includes(stat[0] ?? '');
  return !ended && (startTime === null || stat[19] === startTime);
}
