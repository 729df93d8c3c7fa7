import { readdir, readlink } from 'node:fs/promises';
import { sep } from 'node:path';

/**
 * Ends what a turn left running: processes of this machine whose working directory is in `directory`. Those of
 * other users, and of containers with a view of their own, are not ours to end.
 */
export async function reap(directory: string): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  let ended = 0;
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue;
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (at !== directory && !at.startsWith(directory + sep)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
      ended += 1;
    } catch {
      // It has ended by itself.
    }
  }
  return ended;
}
