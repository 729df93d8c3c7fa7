import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from '../command-error.js';
import type { Instance } from './instance.js';
import { isAlive } from './process-identity.js';

const LOOK_EVERY_MS = 50;

/** Ends a host in an orderly way and waits until it has ended. Throws `CommandError` where that takes too long. */
export async function stopHost({ pid, startTime }: Instance, timeoutS: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + timeoutS * 1_000;
  while (isAlive(pid, startTime)) {
    if (performance.now() > deadline) throw stillRunning(pid, timeoutS);
    await delay(LOOK_EVERY_MS);
  }
}

function stillRunning(pid: number, timeoutS: number): CommandError {
  return new CommandError({
    code: 'wait_timeout',
    detail: `The host (process ${pid}) has not ended after ${timeoutS} s.`,
    hint: `It may be waiting for a running turn. Wait longer with --timeout, or end it with \`kill -9 ${pid}\`: nothing that was accepted is lost.`,
  });
}
