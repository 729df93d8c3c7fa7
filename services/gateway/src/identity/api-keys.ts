import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import { serviceContext, type Actor } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { fingerprint, type Caller } from './caller.js';

/** A revoked key is dropped at once by its event; should that be late, this is the bound. */
const REMEMBERED_MS = 30_000;

/** What `auth` said about a key; `caller` is null where it is not valid. */
interface Verdict {
  readonly caller: Caller | null;
}

/** Has API keys verified by `auth`, one question a key and half minute however many requests carry it. */
@Injectable()
export class ApiKeys {
  private readonly verdicts: LRUCache<string, Verdict, string>;

  constructor(private readonly messaging: Messaging) {
    this.verdicts = new LRUCache<string, Verdict, string>({
      max: 10_000,
      ttl: REMEMBERED_MS,
      fetchMethod: (_print, _stale, { context }) => this.ask(context),
    });
  }

  static looksLikeOne(credential: string): boolean {
    return credential.startsWith('aek_');
  }

  isRemembered(key: string): boolean {
    return this.verdicts.has(fingerprint(key));
  }

  async verify(key: string): Promise<Caller | null> {
    if (key.length < 16 || key.length > 512) return null;
    const verdict = await this.verdicts.fetch(fingerprint(key), { context: key });
    const caller = verdict?.caller ?? null;
    if (!caller || (caller.expiresAtMs !== null && caller.expiresAtMs <= Date.now())) return null;
    return caller;
  }

  forget(keyId: string): void {
    this.forgetWhere((actor) => actor.id === keyId);
  }

  forgetOwner(userId: string): void {
    this.forgetWhere((actor) => actor.ownerId === userId);
  }

  private forgetWhere(matches: (actor: Actor) => boolean): void {
    for (const [print, { caller }] of this.verdicts.entries())
      if (caller && matches(caller.actor)) this.verdicts.delete(print);
  }

  private async ask(key: string): Promise<Verdict> {
    try {
      const { id, name, role, scopes, ownerId, expiresAt } = await this.messaging.call(
        authRequests.verifyApiKey,
        { key },
        serviceContext('gateway'),
      );
      return {
        caller: {
          actor: { type: 'key', id, name, role, ownerId, ...(scopes && { scopes }) },
          expiresAtMs: expiresAt ? Date.parse(expiresAt) : null,
        },
      };
    } catch (error) {
      if (error instanceof ContractFailure && error.code === 'api_key_invalid') return { caller: null };
      throw error;
    }
  }
}
