import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mem } from 'systeminformation';

const CGROUPS = '/sys/fs/cgroup';
const MB = 1024 * 1024;

/** Memory left for new processes: of the machine, or of the container or slice this runs in if that has less. */
export async function availableMemoryMb(): Promise<number> {
  const { available } = await mem();
  return Math.floor(Math.min(available, ...(await leftInGroups())) / MB);
}

/** What each limited control group above this process has left. Caches of files count as free: they are given up. */
async function leftInGroups(): Promise<number[]> {
  const left: number[] = [];
  for (const directory of await ownGroups()) {
    const [limit, used, statistics] = await Promise.all(
      ['memory.max', 'memory.current', 'memory.stat'].map((file) => text(join(directory, file))),
    );
    const cached = Number(/^inactive_file (\d+)$/m.exec(statistics ?? '')?.[1] ?? 0);
    const free = Number(limit) - Number(used) + cached;
    if (limit !== undefined && Number.isFinite(free)) left.push(free);
  }
  return left;
}

/** The control group (version 2) of this process and those around it, as far as they can be seen. */
async function ownGroups(): Promise<string[]> {
  const path = /^0::(\/.*)$/m.exec((await text('/proc/self/cgroup')) ?? '')?.[1];
  const groups: string[] = [];
  for (let at = path; at !== undefined; at = at === '/' ? undefined : dirname(at))
    groups.push(join(CGROUPS, at));
  return groups;
}

async function text(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (content) => content.trim(),
    () => undefined,
  );
}
