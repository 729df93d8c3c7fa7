import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianNatsServer } from './debian-package.js';

const run = promisify(execFile);

export interface FindNatsOptions {
  /** A program the user named, taken as it is. */
  readonly binary?: string;
  /** Where a fetched program is kept for the next start. */
  readonly cacheDir: string;
  /** Folders to look in, as in PATH. */
  readonly path: string;
  readonly onProgress?: (text: string) => void;
}

/** From here on consumers can filter by several subjects and files can be synced. */
const WANTED = [2, 10] as const;

/**
 * The nats-server to run: the named one; one of version 2.10 or newer on PATH; one fetched before; else one
 * fetched from Debian without root and with apt's signature checks. Throws with how to install it by hand.
 */
export async function findNatsServer(options: FindNatsOptions): Promise<string> {
  const { binary, cacheDir, path, onProgress = () => undefined } = options;
  if (binary) {
    await natsVersion(binary);
    return binary;
  }
  const fetched = join(cacheDir, 'nats-server');
  for (const candidate of [...path.split(':').map((folder) => join(folder, 'nats-server')), fetched]) {
    if (!(await isExecutable(candidate))) continue;
    const [major = 0, minor = 0] = await natsVersion(candidate);
    if (candidate === fetched || major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1]))
      return candidate;
  }
  onProgress('fetching nats-server');
  try {
    await debianNatsServer({ cacheDir, target: fetched });
    await natsVersion(fetched);
    return fetched;
  } catch (cause) {
    throw new Error(
      `There is no nats-server here and none could be fetched: ${(cause as Error).message}\nInstall nats-server 2.10 or newer (your package manager, or nats.io) so that it is on PATH, or name it in NATS_SERVER_BIN.`,
      { cause },
    );
  }
}

async function natsVersion(binary: string): Promise<number[]> {
  const { stdout } = await run(binary, ['--version']);
  const version = /v?(\d+)\.(\d+)\.(\d+)/.exec(stdout);
  if (!version) throw new Error(`${binary} does not tell a version: ${stdout.trim()}`);
  return version.slice(1).map(Number);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
