import { setTimeout as delay } from 'node:timers/promises';
import type { StreamEvent, Messaging } from '@aether/messaging/messaging';
import type { ResyncReason } from './feed.js';

/** Who is told of an owner's events as they come. */
export interface TailReader {
  event(event: StreamEvent): void;
  /** Places in the stream no longer mean what they did. */
  lost(reason: ResyncReason): void;
}

const RETRY_MS = 500;

/** The end of one owner's stream, read once for all who follow it. Runs until `stop`. */
export class EventTail {
  private readonly readers = new Set<TailReader>();
  private readonly stopping = new AbortController();
  private reading = new AbortController();
  private settle: () => void = () => undefined;
  private readonly firstPosition = new Promise<void>((resolve) => {
    this.settle = resolve;
  });
  private running: Promise<void> | null = null;
  private position: number | null = null;

  constructor(
    private readonly messaging: Messaging,
    readonly owner: string,
    private readonly reportFault: (error: unknown) => void,
  ) {}

  /** Sequence of the last event told; null while the stream has not been reached. */
  get lastSeq(): number | null {
    return this.position;
  }

  /** Starts reading, and resolves when the end of the stream is known. Rejects when that takes too long. */
  async reached(withinMs: number): Promise<void> {
    this.running ??= this.run();
    const late = new AbortController();
    await Promise.race([
      this.firstPosition,
      delay(withinMs, undefined, { signal: late.signal }).then(() => {
        throw new Error(`the events of ${this.owner} cannot be read`);
      }),
    ]).finally(() => late.abort());
  }

  /** Follows from behind `lastSeq` on. Returns what ends it. */
  follow(reader: TailReader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.reading.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const unwatch = this.messaging.onReconnect(() => this.reading.abort());
    while (!this.stopping.signal.aborted) {
      this.reading = new AbortController();
      await this.read().catch((error: unknown) => {
        if (this.messaging.isConnected && !this.stopping.signal.aborted) this.reportFault(error);
      });
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    unwatch();
  }

  private async read(): Promise<void> {
    const range = await this.messaging.streamRange(this.owner);
    if (!range) return;
    // A stream that ends before the place reached is another one: the old one was removed with its events.
    if (this.position !== null && range.lastSeq < this.position) {
      for (const reader of [...this.readers]) reader.lost('cursor-unknown');
      this.position = null;
    }
    this.position ??= range.lastSeq;
    this.settle();
    for await (const event of this.messaging.readEvents(this.owner, this.position + 1, this.reading.signal)) {
      this.position = event.streamSeq;
      for (const reader of [...this.readers]) reader.event(event);
    }
  }
}
