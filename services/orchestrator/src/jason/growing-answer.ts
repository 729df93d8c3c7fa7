import type { ConversationFeed } from './conversation-feed.js';
import type { ConversationRepository } from './conversation.repository.js';
import type { JasonMessageRow } from './jason-message.entity.js';

/** Often enough for eyes, seldom enough for the database. */
const STORE_MS = 100;
/** While there is nothing new, only the wish to abort is looked for. */
const LOOK_MS = 500;

/** An answer under way: stored a few times a second, and shown once it is stored. */
export class GrowingAnswer {
  private readonly wish = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private shown = 0;
  private lookedAt = 0;
  private storing: Promise<void> = Promise.resolve();

  constructor(
    readonly row: JasonMessageRow,
    private readonly conversations: ConversationRepository,
    private readonly feed: ConversationFeed,
  ) {
    // While the database is away the answer goes on: what is new is stored with the next piece, or at its end.
    this.timer = setInterval(() => void this.look().catch(() => undefined), STORE_MS);
  }

  /** Aborted when the person wishes it. */
  get aborted(): AbortSignal {
    return this.wish.signal;
  }

  /** An act was begun or has ended. */
  async action(): Promise<void> {
    await this.store();
    this.feed.message(this.row);
  }

  /** Nothing is stored here any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.storing.catch(() => undefined);
  }

  private async look(): Promise<void> {
    const isNew = this.row.text.length !== this.shown;
    if (isNew || Date.now() - this.lookedAt >= LOOK_MS) await this.store();
  }

  private store(): Promise<void> {
    this.storing = this.storing.catch(() => undefined).then(() => this.write());
    return this.storing;
  }

  private async write(): Promise<void> {
    const to = this.row.text.length;
    this.lookedAt = Date.now();
    if (await this.conversations.save(this.row)) this.wish.abort();
    if (to === this.shown) return;
    this.feed.delta(this.row, { from: this.shown, to });
    this.shown = to;
  }
}
