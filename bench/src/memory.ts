import { readFile, readdir } from 'node:fs/promises';

export interface Memory {
  readonly processes: number;
  readonly rssMb: number;
  /** What is shared between processes counted once: the figure to compare. */
  readonly pssMb: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Memory by part of a system, as Linux counts it: the host process and everything it started. */
export async function memoryOf(hostPid: number): Promise<Map<string, Memory>> {
  const all = await processes();
  const parts = new Map<string, Memory>();
  for (const process of all.filter((one) => isWithin(one, hostPid, all))) {
    const part = partOf(process);
    const { rssMb, pssMb } = await usedBy(process.pid);
    const sum = parts.get(part) ?? { processes: 0, rssMb: 0, pssMb: 0 };
    parts.set(part, { processes: sum.processes + 1, rssMb: sum.rssMb + rssMb, pssMb: sum.pssMb + pssMb });
  }
  return parts;
}

export function total(parts: Iterable<Memory>): Memory {
  return [...parts].reduce((sum, { processes: count, rssMb, pssMb }) => ({
    processes: sum.processes + count,
    rssMb: sum.rssMb + rssMb,
    pssMb: sum.pssMb + pssMb,
  }));
}

function isWithin({ pid, parent }: Process, hostPid: number, all: readonly Process[]): boolean {
  if (pid === hostPid) return true;
  const above = all.find((one) => one.pid === parent);
  return above !== undefined && isWithin(above, hostPid, all);
}

function partOf({ command }: Process): string {
  if (command.includes('nats-server')) return 'NATS';
  if (command.includes('postgres')) return 'PostgreSQL';
  return command.includes('openclaw') ? 'agents' : 'all services';
}

async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const [stat, command] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'utf8'),
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
        ]);
        // The name in brackets may hold spaces; the parent is the second field behind it.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid, parent, command: command.replaceAll('\0', ' ') }];
      } catch {
        return []; // It ended in the meantime.
      }
    }),
  );
  return found.flat();
}

async function usedBy(pid: number): Promise<{ rssMb: number; pssMb: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const mb = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
  return { rssMb: mb('Rss'), pssMb: mb('Pss') };
}
