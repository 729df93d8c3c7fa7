import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { errorCode } from './error-code.js';

/** A holder that has not renewed its lock for so long is taken for dead. */
const STALE_MS = 10_000;

export interface LockOptions {
  readonly directory: string;
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` while no other caller on this directory does. The signal that `work` gets is also aborted when the
 * lock is lost, which happens when this process was suspended for longer than the lock is good for.
 */
export async function withInstallLock<T>(
  options: LockOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(options, (error) => lost.abort(error));
  try {
    return await work(options.signal ? AbortSignal.any([options.signal, lost.signal]) : lost.signal);
  } finally {
    // A lock that was lost has nothing left to release.
    await release().catch(() => undefined);
  }
}

async function acquire(options: LockOptions, onLost: (error: Error) => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await lockfile.lock(options.directory, {
        lockfilePath: join(options.directory, '.lock'),
        stale: STALE_MS,
        update: STALE_MS / 5,
        onCompromised: onLost,
      });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') throw error;
    }
    if (attempt % 4 === 0) options.onProgress?.('waiting for another installation of openclaw to finish');
    await sleep(250, undefined, { signal: options.signal });
  }
}
