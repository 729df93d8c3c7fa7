import { setTimeout as delay } from 'node:timers/promises';
import { authEvents } from '@aether/contracts/auth';
import type { DataOf, EventContract } from '@aether/contracts/contract';
import type { Role } from '@aether/contracts/schemas';
import { UnreadableEvent, readEvent } from '@aether/messaging/events';
import type { StreamEvent } from '@aether/messaging/messaging';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AccessTokens } from '../identity/access-tokens.js';
import { ApiKeys } from '../identity/api-keys.js';
import { Endings } from '../identity/endings.js';
import { EventTails } from './event-tails.js';
import { LiveSockets } from './live-sockets.js';

/** Long enough that nobody waits for it: the tail goes on trying by itself. */
const REACH_WITHIN_MS = 1_000;
const CATCH_UP_RETRY_MS = 1_000;

type Reaction = (event: StreamEvent) => void;

/** Ends at once what `auth` says is over: tokens, keys, and every socket opened by them. */
@Injectable()
export class Revocations implements OnModuleInit, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly reactions: ReadonlyMap<string, Reaction>;

  constructor(
    private readonly tails: EventTails,
    private readonly keys: ApiKeys,
    private readonly tokens: AccessTokens,
    private readonly endings: Endings,
    private readonly sockets: LiveSockets,
  ) {
    this.reactions = new Map([
      on(authEvents.apiKeyRevoked, ({ apiKeyId }) => this.endKey(apiKeyId)),
      // The old key goes on until its new end, which is asked for again.
      on(authEvents.apiKeyRotated, ({ apiKeyId }) => this.keys.forget(apiKeyId)),
      on(authEvents.sessionRevoked, ({ sessionId }) => {
        this.endings.sessionEnded(sessionId);
        this.sockets.endWhere((actor) => actor.sessionId === sessionId);
      }),
      on(authEvents.signingKeysRotated, () => this.tokens.forgetKeys()),
      on(authEvents.userChanged, ({ user }) => this.changeStanding(user.id, user.role)),
      on(authEvents.userEnabled, ({ user }) => this.changeStanding(user.id, user.role)),
      on(authEvents.userDisabled, ({ userId }) => this.changeStanding(userId, null)),
      on(authEvents.userDeleted, ({ userId }) => this.changeStanding(userId, null)),
    ]);
  }

  onModuleInit(): void {
    const tail = this.tails.of('auth');
    tail.follow({
      event: (event) => this.receive(event),
      // Places in the stream mean something else now: what was missed is asked for.
      lost: () => void this.catchUp(),
    });
    tail.reached(REACH_WITHIN_MS).catch(() => undefined);
    void this.catchUp();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private receive(event: StreamEvent): void {
    try {
      this.reactions.get(event.subject)?.(event);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
    }
  }

  private endKey(apiKeyId: string): void {
    this.keys.forget(apiKeyId);
    this.sockets.endWhere((actor) => actor.id === apiKeyId);
  }

  private changeStanding(userId: string, role: Role | null): void {
    this.endings.standingChanged(userId, role);
    this.keys.forgetOwner(userId);
    this.sockets.endWhere(
      (actor) => actor.ownerId === userId || (actor.id === userId && actor.role !== role),
    );
  }

  private async catchUp(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        return await this.endings.catchUp();
      } catch {
        // Auth may start later than the edge.
        await delay(CATCH_UP_RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function on<C extends EventContract>(contract: C, react: (data: DataOf<C>) => void): [string, Reaction] {
  return [contract.subject, (event) => react(readEvent(contract, event))];
}
