import { commonFailure } from '@aether/contracts/failure';
import type { LiveEvent } from '@aether/contracts/live-frames';
import type { Actor } from '@aether/messaging/context';
import { mayBeShown } from '@aether/messaging/headers';
import { Messaging, type StreamEvent } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { EventTail } from './event-tail.js';
import { EventTails } from './event-tails.js';
import { HeldEntries, type Feed, type FeedEntry } from './feed.js';

export interface EventRequest {
  /** Who is told: events about what is private to others are left out. */
  readonly actor: Actor;
  readonly owner: string;
  readonly after: string | undefined;
  readonly heldMax: number;
}

const REACH_WITHIN_MS = 5_000;
/** History that is asked for and does not come for this long is not coming. */
const HISTORY_IDLE_MS = 15_000;

/** Feeds an owner's events by their place in its stream: what was missed is read again, then the tail is joined. */
@Injectable()
export class EventFeeder {
  constructor(
    private readonly messaging: Messaging,
    private readonly tails: EventTails,
  ) {}

  async feed({ owner, actor, after, heldMax }: EventRequest, feed: Feed): Promise<void> {
    const tail = this.tails.of(owner);
    await tail.reached(REACH_WITHIN_MS).catch((cause: unknown) => {
      throw commonFailure('unavailable', {
        detail: `The events of ${owner} cannot be read.`,
        retryAfterS: 2,
        cause,
      });
    });
    if (feed.ended) return;
    const held = new HeldEntries(feed, heldMax);
    // Taken in one go: what is behind this place is history, what comes after it is held.
    const joinAt = tail.lastSeq ?? 0;
    feed.onEnd(
      tail.follow({
        event: (event) => {
          if (mayBeShown(event.headers, actor)) held.accept(entryOf(event));
        },
        lost: (reason) => feed.resync(reason),
      }),
    );
    if (after === undefined) feed.subscribed(String(joinAt));
    else await this.tellHistory({ tail, actor, after, joinAt }, feed);
    held.release(() => false);
  }

  private async tellHistory(
    {
      tail,
      actor,
      after,
      joinAt,
    }: Pick<EventRequest, 'actor'> & { tail: EventTail; after: string; joinAt: number },
    feed: Feed,
  ): Promise<void> {
    const seen = /^\d{1,15}$/.test(after) ? Number(after) : Number.NaN;
    if (Number.isNaN(seen))
      throw commonFailure('invalid_input', { detail: '`after` is not a cursor of this topic.' });
    if (seen > joinAt) return feed.resync('cursor-unknown');
    if (seen < joinAt) {
      const range = await this.messaging.streamRange(tail.owner);
      if (!range || range.firstSeq > seen + 1) return feed.resync('cursor-too-old');
    }
    feed.subscribed(after);
    if (seen < joinAt && !(await this.replay({ owner: tail.owner, actor, seen, joinAt }, feed)))
      feed.resync('bus-reconnected');
  }

  /** True when the place to join was reached. */
  private async replay(
    { owner, actor, seen, joinAt }: Pick<EventRequest, 'owner' | 'actor'> & { seen: number; joinAt: number },
    feed: Feed,
  ): Promise<boolean> {
    const reading = new AbortController();
    feed.onEnd(() => reading.abort());
    const idle = setTimeout(() => reading.abort(), HISTORY_IDLE_MS);
    try {
      for await (const event of this.messaging.readEvents(owner, seen + 1, reading.signal)) {
        idle.refresh();
        if (event.streamSeq <= joinAt && mayBeShown(event.headers, actor)) {
          await feed.ready();
          feed.send(entryOf(event));
        }
        if (event.streamSeq >= joinAt) return true;
      }
      return false;
    } finally {
      clearTimeout(idle);
    }
  }
}

function entryOf(event: StreamEvent): FeedEntry {
  // In the context it is this event already: the cause of what is done about it.
  const causationId = event.headers['x-causation-id'];
  const data: LiveEvent = {
    id: event.id,
    event: event.subject,
    at: event.publishedAt.toISOString(),
    actorId: event.context.actor.id,
    correlationId: event.context.correlationId,
    ...(causationId !== undefined && { causationId }),
    data: event.payload,
  };
  return { cursor: String(event.streamSeq), data, correlationId: event.context.correlationId };
}
