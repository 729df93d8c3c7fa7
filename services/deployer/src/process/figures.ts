import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { processes } from 'systeminformation';
import type { Figures } from '../runtime.js';

/** What a gateway and all that its agents started use; which of the network's traffic is theirs is not known. */
export async function figuresOf(pid: number, directory: string): Promise<Figures> {
  const [{ list }, diskBytes] = await Promise.all([processes(), bytesBelow(directory)]);
  const family = new Set([pid]);
  // Parents come before their children, except where process numbers began anew.
  for (const { pid: child, parentPid } of [...list].sort((a, b) => a.pid - b.pid))
    if (family.has(parentPid)) family.add(child);
  const own = list.filter((process) => family.has(process.pid));
  const sum = (pick: (process: (typeof own)[number]) => number) =>
    own.reduce((total, process) => total + pick(process), 0);
  return {
    cpuPercent: sum(({ cpu }) => cpu),
    memoryBytes: sum(({ memRss }) => memRss) * 1_024,
    memoryLimitBytes: null,
    receivedBytes: null,
    sentBytes: null,
    diskBytes,
    processes: own.length,
  };
}

async function bytesBelow(directory: string): Promise<number | null> {
  // Files come and go meanwhile, which `du` reports as a fault beside its sum.
  const { stdout } = await promisify(execFile)('du', ['-sk', directory]).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const kilobytes = Number(stdout.split('\t')[0]);
  return stdout !== '' && Number.isFinite(kilobytes) ? kilobytes * 1_024 : null;
}
