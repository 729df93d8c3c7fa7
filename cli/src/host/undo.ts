import { setTimeout as delay } from 'node:timers/promises';
import { stage, type Report } from './stages.js';

/** A part that has not ended by then is left behind: the process ends, and the next start cleans up. */
const PART_WITHIN_MS = 25_000;

interface Started {
  readonly name: string;
  readonly stop: () => Promise<void>;
  readonly kill?: () => void;
}

/** What was started, to be stopped in the opposite order. */
export class Undo {
  private readonly started: Started[] = [];

  push(name: string, stop: () => Promise<void>, kill?: () => void): void {
    this.started.push({ name, stop, kill });
  }

  async run(report: Report): Promise<void> {
    for (let part = this.started.pop(); part; part = this.started.pop()) {
      const { name, stop } = part;
      await stage(report, `stopping ${name}`, async () => {
        const ended = await Promise.race([
          stop().then(
            () => `stopped ${name}`,
            (error: unknown) => `stopped ${name}, with an error: ${String(error)}`,
          ),
          delay(PART_WITHIN_MS, `gave up waiting for ${name}`, { ref: false }),
        ]);
        return { told: ended, value: undefined };
      });
    }
  }

  /** Stops nothing in order; only ends the processes that would outlive this one. */
  abandon(): void {
    for (const { kill } of this.started) kill?.();
  }
}
