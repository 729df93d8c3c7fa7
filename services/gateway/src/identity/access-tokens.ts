import { authRequests } from '@aether/contracts/auth';
import { AccessTokenClaims, accessTokenAudience, accessTokenIssuer } from '@aether/contracts/identity';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { fingerprint, type Caller } from './caller.js';
import { Endings } from './endings.js';

const Claims = AccessTokenClaims.extend({ exp: z.number() });

/** A key that was withdrawn stays believed no longer than this. */
const KEYS_FRESH_MS = 10 * 60_000;
/** A token with a made-up key id must not make the edge ask without end. */
const REFETCH_EVERY_MS = 10_000;

/** Verifies access tokens with the public keys of `auth`, and remembers what was verified until it expires. */
@Injectable()
export class AccessTokens {
  private readonly verified = new LRUCache<string, Caller>({ max: 10_000 });
  private keys: JWTVerifyGetKey | null = null;
  private fetchedAtMs = 0;
  private forgottenTimes = 0;
  private fetching: Promise<JWTVerifyGetKey> | null = null;

  constructor(
    private readonly messaging: Messaging,
    private readonly endings: Endings,
  ) {}

  /** Null where the token is not one of ours, was changed, or has expired. */
  async verify(token: string): Promise<Caller | null> {
    const print = fingerprint(token);
    const known = this.verified.get(print);
    if (known) return this.isOver(known) ? null : known;
    const claims = await this.claimsOf(token);
    if (!claims) return null;
    const caller: Caller = {
      actor: {
        type: 'user',
        id: claims.sub,
        name: claims.name,
        role: claims.role,
        sessionId: claims.sid,
        ...(claims.scopes && { scopes: claims.scopes }),
      },
      expiresAtMs: claims.exp * 1_000,
    };
    this.verified.set(print, caller);
    return this.isOver(caller) ? null : caller;
  }

  /** The keys are asked for again before the next token is believed. */
  forgetKeys(): void {
    this.keys = null;
    this.forgottenTimes += 1;
    this.verified.clear();
  }

  private async claimsOf(token: string): Promise<z.infer<typeof Claims> | null> {
    try {
      return await this.check(token, await this.currentKeys());
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayRefetch()) return null;
    }
    try {
      return await this.check(token, await this.fetchKeys());
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  private async check(token: string, keys: JWTVerifyGetKey): Promise<z.infer<typeof Claims> | null> {
    const { payload } = await jwtVerify(token, keys, {
      issuer: accessTokenIssuer,
      audience: accessTokenAudience,
      algorithms: ['EdDSA'],
    });
    return Claims.safeParse(payload).data ?? null;
  }

  private isOver(caller: Caller): boolean {
    const { expiresAtMs } = caller;
    return (expiresAtMs !== null && expiresAtMs <= Date.now()) || this.endings.contradict(caller);
  }

  private mayRefetch(): boolean {
    return Date.now() - this.fetchedAtMs >= REFETCH_EVERY_MS;
  }

  private async currentKeys(): Promise<JWTVerifyGetKey> {
    if (!this.keys) return this.fetchKeys();
    if (Date.now() - this.fetchedAtMs < KEYS_FRESH_MS || !this.mayRefetch()) return this.keys;
    const kept = this.keys;
    // While auth is away, the keys known so far still tell right from wrong.
    return this.fetchKeys().catch(() => kept);
  }

  private fetchKeys(): Promise<JWTVerifyGetKey> {
    this.fetching ??= this.askForKeys().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  private async askForKeys(): Promise<JWTVerifyGetKey> {
    const before = this.forgottenTimes;
    const set = await this.messaging.call(authRequests.getJwks, {}, serviceContext('gateway'));
    // What was asked before the keys changed may be an answer from before.
    if (before !== this.forgottenTimes) return this.askForKeys();
    this.keys = createLocalJWKSet(set);
    this.fetchedAtMs = Date.now();
    this.verified.clear();
    return this.keys;
  }
}
