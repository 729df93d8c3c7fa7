import { authRequests } from '@aether/contracts/auth';
import { accessTokenLifetimeMs } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.js';

/** No installation ends this many sessions within the life of one access token. */
const REMEMBERED_MAX = 100_000;

/**
 * What ended before the access tokens that still speak of it: sessions, and what the standing of a person was.
 * Remembered as long as such a token can be about.
 */
@Injectable()
export class Endings {
  private readonly sessions = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: accessTokenLifetimeMs });
  private readonly standings = new LRUCache<string, { role: Role | null }>({
    max: REMEMBERED_MAX,
    ttl: accessTokenLifetimeMs,
  });

  constructor(private readonly messaging: Messaging) {}

  sessionEnded(sessionId: string): void {
    this.sessions.set(sessionId, true);
  }

  /** `role` is null for somebody who may not be here any more. */
  standingChanged(userId: string, role: Role | null): void {
    this.standings.set(userId, { role });
  }

  /** True where a token says what is no longer so. */
  contradict({ actor }: Caller): boolean {
    if (actor.sessionId && this.sessions.has(actor.sessionId)) return true;
    const standing = this.standings.get(actor.id);
    return standing !== undefined && standing.role !== actor.role;
  }

  /** Learns what ended while nobody here was listening. */
  async catchUp(): Promise<void> {
    const recent = await this.messaging.call(authRequests.listRecentEndings, {}, serviceContext('gateway'));
    for (const id of recent.sessionIds) this.sessionEnded(id);
    for (const { userId, role } of recent.users) this.standingChanged(userId, role);
  }
}
