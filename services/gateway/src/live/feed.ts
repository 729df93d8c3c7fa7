import type { ContractFailure } from '@aether/contracts/failure';
import type { LiveServerFrame } from '@aether/contracts/live-frames';

/** Why a subscription ends before the client wants it to. */
export type ResyncReason = Extract<LiveServerFrame, { type: 'resync' }>['reason'];

/** An entry of a topic on its way to a client. */
export interface FeedEntry {
  readonly cursor: string;
  readonly data: unknown;
  readonly correlationId?: string;
}

/** The client's end of one subscription. After `resync`, `fail` or a stop by the client it swallows everything. */
export interface Feed {
  readonly ended: boolean;
  subscribed(cursor: string | null): void;
  send(entry: FeedEntry): void;
  resync(reason: ResyncReason): void;
  fail(failure: ContractFailure): void;
  /** Resolves when the client has taken most of what was sent, or has gone. */
  ready(): Promise<void>;
  /** Runs `stop` when the feed ends, however it ends; at once where it has ended. */
  onEnd(stop: () => void): void;
}

/** Entries that arrive while older ones are still being told. Full means that the client is too slow. */
export class HeldEntries {
  private entries: FeedEntry[] | null = [];

  constructor(
    private readonly feed: Feed,
    private readonly max: number,
  ) {}

  /** To be called for each entry as it comes: held first, passed on directly after `release`. */
  accept(entry: FeedEntry): void {
    if (!this.entries) this.feed.send(entry);
    else if (this.entries.length < this.max) this.entries.push(entry);
    else this.feed.resync('slow-client');
  }

  /** Sends what was held, but for what `isTold`; from then on entries pass. */
  release(isTold: (entry: FeedEntry) => boolean): void {
    const held = this.entries ?? [];
    this.entries = null;
    for (const entry of held) if (!isTold(entry)) this.feed.send(entry);
  }
}
