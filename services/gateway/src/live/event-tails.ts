import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '../config.js';
import { EventTail } from './event-tail.js';

/** One tail an owner, started when somebody first asks for it. */
@Injectable()
export class EventTails implements OnModuleDestroy {
  private readonly tails = new Map<string, EventTail>();

  constructor(
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  of(owner: string): EventTail {
    const known = this.tails.get(owner);
    if (known) return known;
    const tail = new EventTail(this.messaging, owner, (error) =>
      this.logger.error({ err: error, owner }, 'reading events failed'),
    );
    this.tails.set(owner, tail);
    return tail;
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.tails.values()].map((tail) => tail.stop()));
  }
}
