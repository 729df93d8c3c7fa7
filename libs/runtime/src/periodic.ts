import { setTimeout as delay } from 'node:timers/promises';

/** Work that is repeated: `everyMs` after it ended, or at once when woken. A fault is told, and work goes on. */
export class Periodic {
  private readonly stopped = new AbortController();
  private pause = new AbortController();
  private woken = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly everyMs: number;
      readonly work: () => Promise<void>;
      readonly reportFault: (error: unknown) => void;
    },
  ) {}

  /** Begins with the first round. */
  start(): void {
    this.loop = this.run();
  }

  /** Begins the next round at once, or right after the one at hand. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Ends after the work at hand. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      this.woken = false;
      this.pause = new AbortController();
      await this.options.work().catch(this.options.reportFault);
      if (this.woken) continue;
      await delay(this.options.everyMs, undefined, { signal: this.pause.signal }).catch(() => undefined);
    }
  }
}
