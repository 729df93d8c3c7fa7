import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOurs } from './owned-process.js';

/** Thrown when another process holds the directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';

  constructor(
    readonly pid: number,
    dataDir: string,
  ) {
    super(
      `Another Aether (process ${pid}) runs on ${dataDir}. Stop it with \`aether down\`, or use another AETHER_DATA_DIR.`,
    );
  }
}

/** Who holds a data directory: the process id, or null. A holder that was killed counts as nobody. */
export async function directoryHolder(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, 'host.lock'), 'utf8').catch(() => '');
  const [pid, marker] = text.split('\n');
  if (!pid || !marker) return null;
  return (await isOurs(Number(pid), marker)) ? Number(pid) : null;
}

/**
 * Takes a data directory for this process, told apart by `marker`, a part of its command line. Throws
 * `DirectoryInUse`. Returns what gives it back.
 */
export async function lockDirectory(dataDir: string, marker: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'host.lock');
  // Linked into place whole, so that nobody ever reads half a lock.
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, `${process.pid}\n${marker}\n`, { mode: 0o600 });
  try {
    return await takeLock({ file, mine, dataDir });
  } finally {
    await rm(mine, { force: true });
  }
}

async function takeLock(lock: { file: string; mine: string; dataDir: string }): Promise<() => Promise<void>> {
  const { file, mine, dataDir } = lock;
  for (;;) {
    try {
      await link(mine, file);
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await directoryHolder(dataDir);
      if (holder !== null && holder !== process.pid) throw new DirectoryInUse(holder, dataDir);
      await rm(file, { force: true });
    }
  }
}
