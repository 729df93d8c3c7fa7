import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beginningOf } from './owned-process.js';

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
  return holderIn(lockFile(dataDir));
}

/** Takes a data directory for this process, or throws `DirectoryInUse`. Returns what gives it back. */
export async function lockDirectory(dataDir: string): Promise<() => Promise<void>> {
  const file = lockFile(dataDir);
  // Linked into place whole, so that nobody ever reads half a lock.
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, `${process.pid}\n${await beginningOf(process.pid)}\n`, { mode: 0o600 });
  try {
    while (!(await takes(mine, file))) await dropStale(file, dataDir);
    return () => rm(file, { force: true });
  } finally {
    await rm(mine, { force: true });
  }
}

function lockFile(dataDir: string): string {
  return join(dataDir, 'host.lock');
}

async function holderIn(file: string): Promise<number | null> {
  const [pid, beginning] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  if (!pid || !beginning) return null;
  return (await beginningOf(Number(pid))) === beginning ? Number(pid) : null;
}

async function takes(mine: string, file: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; throws where its holder lives. */
async function dropStale(file: string, dataDir: string): Promise<void> {
  const holder = await holderIn(file);
  if (holder !== null) throw new DirectoryInUse(holder, dataDir);
  // One remover at a time: a second one could remove the lock that a third has taken meanwhile.
  const turn = `${file}.removal`;
  if (!(await takesTurn(turn))) return;
  try {
    if ((await holderIn(file)) === null) await rm(file, { force: true });
  } finally {
    await rm(turn, { recursive: true, force: true });
  }
}

const TURN_ABANDONED_AFTER_MS = 5_000;

/** A turn takes milliseconds. One whose holder was killed is ended by the next. */
async function takesTurn(turn: string): Promise<boolean> {
  try {
    await mkdir(turn);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const begun = await stat(turn).catch(() => null);
  if (begun && Date.now() - begun.mtimeMs > TURN_ABANDONED_AFTER_MS) await rm(turn, { recursive: true });
  else await delay(10);
  return false;
}
