import { readFileSync } from 'node:fs';

/** Tells a process from a later one with the same number; null where the system does not say. */
export function startTimeOf(pid: number): string | null {
  try {
    // Field 22 of proc(5), counted behind the name, which may hold blanks and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export function isAlive(pid: number, startTime: string | null = null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTimeOf(pid);
  return startTime === null || now === null || now === startTime;
}
