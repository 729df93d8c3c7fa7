import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@aether/runtime/logger';

const BACKOFF_MS = { first: 100, factor: 2, max: 10_000 } as const;
/** A process that ran this long was well: its next end is a new story. */
const WELL_AFTER_MS = 60_000;

/** A process of the stack, as the functions that start one give it. */
export interface StackProcess {
  readonly pid: number;
  readonly url: string;
  /** Resolves with the reason when it ends, wanted or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/** Starts a process of the stack again whenever it ends without being asked to. Services reconnect by themselves. */
export class KeptProcess<P extends StackProcess = StackProcess> {
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  private constructor(
    private current: P,
    private readonly options: { name: string; begin: () => Promise<P>; logger: Logger },
  ) {
    this.watching = this.watch();
  }

  static async start<P extends StackProcess>(options: {
    name: string;
    begin: () => Promise<P>;
    logger: Logger;
  }): Promise<KeptProcess<P>> {
    return new KeptProcess(await options.begin(), options);
  }

  get process(): P {
    return this.current;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
    await this.current.stop();
  }

  /** For a person who will not wait. */
  kill(signal: NodeJS.Signals): void {
    this.stopping.abort();
    try {
      process.kill(this.current.pid, signal);
    } catch {
      // Gone already.
    }
  }

  private async watch(): Promise<void> {
    const { name, begin, logger } = this.options;
    const { signal } = this.stopping;
    const asked = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    let wait: number = BACKOFF_MS.first;
    let startedAt = Date.now();
    let reason: string | null;
    while ((reason = await Promise.race([this.current.exited, asked])) !== null) {
      if (Date.now() - startedAt > WELL_AFTER_MS) wait = BACKOFF_MS.first;
      logger.warn({ pid: this.current.pid, reason, waitMs: wait }, `${name} ended; it is started again`);
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * BACKOFF_MS.factor, BACKOFF_MS.max);
      if (signal.aborted) return;
      try {
        this.current = await begin();
        startedAt = Date.now();
        logger.warn({ pid: this.current.pid }, `${name} runs again`);
      } catch (err) {
        logger.error({ err }, `${name} could not be started again`);
      }
    }
  }
}
