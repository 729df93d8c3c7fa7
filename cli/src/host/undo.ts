import { setTimeout as delay } from 'node:timers/promises';
import { toCommandError } from '../command-error.js';
import { stage, type Report } from './stages.js';

/** A part that has not ended by then is left behind: the process ends, and the next start cleans up. */
const PART_WITHIN_MS = 25_000;

interface Started {
  /** Null for what nobody needs to be told of. */
  readonly name: string | null;
  readonly stop: () => Promise<void>;
  readonly kill?: () => void;
}

/** What was started, to be stopped in the opposite order. */
export class Undo {
  private readonly started: Started[] = [];

  push(name: string, stop: () => Promise<void>, kill?: () => void): void {
    this.started.push({ name, stop, kill });
  }

  pushQuietly(stop: () => Promise<void>): void {
    this.started.push({ name: null, stop });
  }

  async run(report: Report): Promise<void> {
    for (let part = this.started.pop(); part; part = this.started.pop()) {
      const { name, stop } = part;
      if (name === null) await bounded(stop);
      else
        await stage(report, `stopping ${name}`, async () => {
          const fault = await bounded(stop);
          return { told: fault ? `stopped ${name}: ${fault}` : `stopped ${name}`, value: undefined };
        });
    }
  }

  /** Stops nothing in order; only ends the processes that would outlive this one. */
  abandon(): void {
    for (const { kill } of this.started) kill?.();
  }
}

/** Null when it ended well, else why not. */
async function bounded(stop: () => Promise<void>): Promise<string | null> {
  const late = delay(PART_WITHIN_MS, `it has not ended within ${PART_WITHIN_MS / 1_000} s`, { ref: false });
  const ended = stop().then(
    () => null,
    (error: unknown) => toCommandError(error).message,
  );
  return Promise.race([ended, late]);
}
