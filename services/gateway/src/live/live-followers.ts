import type { LiveEntry, LiveTopic } from '@aether/contracts/live';
import { Messaging, type Unfollow } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';

interface Followed {
  readonly receivers: Set<(entry: LiveEntry) => void>;
  readonly unfollow: Unfollow;
}

/** One NATS subscription a thing, however many browsers look at it. */
@Injectable()
export class LiveFollowers {
  private readonly followed = new Map<string, Followed>();

  constructor(private readonly messaging: Messaging) {}

  /** Resolves once the server knows of the subscription: from then on no delta passes unseen. */
  async follow({ live }: LiveTopic, id: string, receive: (entry: LiveEntry) => void): Promise<Unfollow> {
    const key = `${live.subject}.${id}`;
    const { receivers, unfollow } = this.followed.get(key) ?? this.open(key, live, id);
    receivers.add(receive);
    await this.messaging.flush();
    return () => {
      if (!receivers.delete(receive) || receivers.size > 0) return;
      this.followed.delete(key);
      unfollow();
    };
  }

  private open(key: string, live: LiveTopic['live'], id: string): Followed {
    const receivers: Followed['receivers'] = new Set();
    const unfollow = this.messaging.followLive(live, id, (entry) => {
      for (const receive of receivers) receive(entry);
    });
    const followed = { receivers, unfollow };
    this.followed.set(key, followed);
    return followed;
  }
}
