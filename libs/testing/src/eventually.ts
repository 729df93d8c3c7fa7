import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `assertion` until it passes and returns what it returned. When it still fails after `timeoutMs`
 * (default 30 000: a busy machine takes many times what an idle one does), throws its last error. `intervalMs` (default 25) is the pause between two attempts.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(intervalMs);
  }
}
