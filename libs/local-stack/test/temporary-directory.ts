import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from '@aether/local-stack/postgres-cluster';

/** A directory that nobody else may enter, as a data directory is. */
export function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'aether-local-stack-'));
}

/** Removes it, and the cluster that root keeps elsewhere for the data directory `postgres` in it. */
export async function removeDirectory(directory: string): Promise<void> {
  await removeCluster(join(directory, 'postgres'));
  await rm(directory, { recursive: true, force: true });
}
