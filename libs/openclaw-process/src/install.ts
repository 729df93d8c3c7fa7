import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withInstallLock } from './install-lock.js';
import { InstallError } from './install-error.js';
import { npmInstall, removeAbandoned, temporaryDirectory } from './npm-install.js';
import { NODE_REQUIRED, OPENCLAW_VERSION } from './version.js';

export { InstallError, type InstallErrorCode } from './install-error.js';
export { OPENCLAW_VERSION } from './version.js';

export interface InstallOptions {
  /** Absolute; holds one folder per version. Created when it is missing. */
  readonly directory: string;
  /** Default `OPENCLAW_VERSION`. */
  readonly version?: string;
  /** Where PATH (to find npm), HOME and npm's, proxies' and certificates' settings come from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Node.js 24.16 or newer of the 24 line. Default `process.execPath`. */
  readonly nodePath?: string;
  /** Called about once a second with one line of text while something is being done. */
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface InstalledOpenClaw {
  /** The program to run with Node.js. */
  readonly entry: string;
  readonly directory: string;
  readonly version: string;
}

/** An installation takes 650 MB; the rest is room for npm's own temporary files. */
const BYTES_NEEDED = 800 * 1024 * 1024;

/**
 * Installs the npm package `openclaw` into `directory/<version>`, about 650 MB and 45 s on two cores. Returns at
 * once when it is there already. Callers on one directory, in this process or in others, wait for one another. An
 * installation is complete or absent: what a killed process left behind is removed by the next caller.
 * Throws `InstallError`, or the signal's reason.
 */
export async function installOpenClaw(options: InstallOptions): Promise<InstalledOpenClaw> {
  const version = options.version ?? OPENCLAW_VERSION;
  const target = describe(options.directory, version);
  if (await exists(target.entry)) return target;
  const nodePath = options.nodePath ?? process.execPath;
  await assertNodeSuitable(nodePath);
  await mkdir(options.directory, { recursive: true });
  return withInstallLock(options, async (signal) => {
    if (await exists(target.entry)) return target;
    await removeAbandoned(options.directory);
    await assertDiskFree(options.directory);
    const temporary = temporaryDirectory(options.directory);
    try {
      await npmInstall({ ...options, nodePath, version, signal, into: temporary });
      await assertRuns(nodePath, entryBelow(temporary), version);
      await rm(target.directory, { recursive: true, force: true });
      await rename(temporary, target.directory);
    } finally {
      await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
    }
    return target;
  });
}

function entryBelow(directory: string): string {
  return join(directory, 'node_modules', 'openclaw', 'openclaw.mjs');
}

function describe(directory: string, version: string): InstalledOpenClaw {
  const installed = join(directory, version);
  return { entry: entryBelow(installed), directory: installed, version };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function versionOf(nodePath: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(nodePath, [...args, '--version'], {
    timeout: 60_000,
    env: {},
  });
  return stdout.trim();
}

async function assertNodeSuitable(nodePath: string): Promise<void> {
  const found = await versionOf(nodePath).catch((error: unknown) => {
    throw new InstallError('node_unsuitable', `Node.js cannot be run at ${nodePath}.`, { cause: error });
  });
  const [major = 0, minor = 0] = found.replace(/^v/u, '').split('.').map(Number);
  if (!(major === 24 && minor >= 16)) {
    throw new InstallError(
      'node_unsuitable',
      `OpenClaw needs Node.js ${NODE_REQUIRED} or newer of the 24 line, and ${nodePath} is ${found}. Run it with such a Node.js.`,
    );
  }
}

async function assertDiskFree(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < BYTES_NEEDED) {
    throw new InstallError(
      'disk_full',
      `OpenClaw needs ${megabytes(BYTES_NEEDED)} of disk to install, and ${directory} has ${megabytes(bavail * bsize)} left. Free some space or choose a directory on another disk.`,
    );
  }
}

/** Also completes what the package leaves to its first run. */
async function assertRuns(nodePath: string, entry: string, version: string): Promise<void> {
  const printed = await versionOf(nodePath, entry).catch((error: unknown) => {
    throw new InstallError('failed', `The installed OpenClaw ${version} does not run.`, { cause: error });
  });
  if (!printed.includes(version)) {
    throw new InstallError('failed', `OpenClaw ${version} was asked for, and "${printed}" was installed.`);
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
