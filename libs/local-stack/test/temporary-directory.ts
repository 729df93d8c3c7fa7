import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory that nobody else may enter, as a data directory is. */
export function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'aether-local-stack-'));
}

/** Removes it, and the cluster that root keeps elsewhere for the data directory `postgres` in it. */
export async function removeDirectory(directory: string): Promise<void> {
  const cluster = await readlink(join(directory, 'postgres', 'data')).catch(() => null);
  if (cluster) await rm(dirname(cluster), { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}
