import { authEvents } from '@aether/contracts/auth';
import { UnreadableEvent, readEvent } from '@aether/messaging/events';
import type { StreamEvent } from '@aether/messaging/messaging';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApiKeys } from '../identity/api-keys.js';
import { EventTails } from './event-tails.js';
import { LiveSockets } from './live-sockets.js';

/** Long enough that nobody waits for it: the tail goes on trying by itself. */
const REACH_WITHIN_MS = 1_000;

/** Drops a revoked key at once, with every socket that was opened by it. */
@Injectable()
export class Revocations implements OnModuleInit {
  constructor(
    private readonly tails: EventTails,
    private readonly keys: ApiKeys,
    private readonly sockets: LiveSockets,
  ) {}

  onModuleInit(): void {
    const tail = this.tails.of('auth');
    tail.follow({ event: (event) => this.receive(event), lost: () => undefined });
    tail.reached(REACH_WITHIN_MS).catch(() => undefined);
  }

  private receive(event: StreamEvent): void {
    if (event.subject !== authEvents.apiKeyRevoked.subject) return;
    try {
      const { apiKeyId } = readEvent(authEvents.apiKeyRevoked, event);
      this.keys.forget(apiKeyId);
      this.sockets.endSessionsOf(apiKeyId);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
    }
  }
}
