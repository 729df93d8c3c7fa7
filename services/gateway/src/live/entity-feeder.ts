import { commonFailure } from '@aether/contracts/failure';
import { AccessChange, type LiveTopic } from '@aether/contracts/live';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { isTold } from './cursor.js';
import { HeldEntries, type Feed } from './feed.js';
import { LiveFollowers } from './live-followers.js';

export interface EntityRequest {
  readonly topic: LiveTopic;
  readonly id: string;
  readonly after: string | undefined;
  readonly context: Context;
  readonly heldMax: number;
}

/** Feeds the deltas of one thing: follows first, tells what was missed from the owner's rows, then joins. */
@Injectable()
export class EntityFeeder {
  constructor(
    private readonly messaging: Messaging,
    private readonly followers: LiveFollowers,
  ) {}

  async feed(request: EntityRequest, feed: Feed): Promise<void> {
    const { topic, id, heldMax } = request;
    const held = new HeldEntries(feed, heldMax);
    // Deltas sent while NATS was away are gone; only the rows still know them.
    feed.onEnd(this.messaging.onReconnect(() => feed.resync('bus-reconnected')));
    feed.onEnd(
      await this.followers.follow(topic, id, (entry) => {
        if (AccessChange.safeParse(entry.data).success) feed.resync('access-changed');
        else held.accept(entry);
      }),
    );
    const backfilled = await this.backfill(request, feed);
    held.release((entry) => isTold(entry.cursor, backfilled));
  }

  /** Returns the cursor where the live entries are joined. */
  private async backfill({ topic, id, after, context }: EntityRequest, feed: Feed): Promise<string> {
    let cursor = after;
    for (let round = 0; !feed.ended; round += 1) {
      const page = await this.messaging.call(topic.backfill, { id, after: cursor }, context);
      if (round === 0) feed.subscribed(after ?? null);
      for (const entry of page.entries) {
        await feed.ready();
        feed.send(entry);
      }
      if (!page.more) return page.cursor;
      if (page.cursor === cursor)
        throw commonFailure('internal', { cause: new Error(`${topic.backfill.subject} does not advance`) });
      cursor = page.cursor;
    }
    return cursor ?? '';
  }
}
