import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { hashOf, keyIn } from './key-text.js';
import type { VirtualKey } from './virtual-key.entity.js';
import { VirtualKeyRepository } from './virtual-key.repository.js';

/** Another instance may have revoked a key: it works here for this much longer at most. */
const FRESH_MS = 5_000;
/** While the database is away, keys seen this recently go on working. */
const STALE_MAX_MS = 300_000;
const CACHED_MAX = 1_000;

interface Cached {
  readonly key: VirtualKey;
  readonly readAt: number;
}

@Injectable()
export class AuthenticateKey {
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly keys: VirtualKeyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key in force that the header shows, or null. Throws `unavailable` where that cannot be known. */
  async execute(authorization: string | undefined): Promise<VirtualKey | null> {
    const text = keyIn(authorization);
    if (!text) return null;
    const hash = hashOf(text);
    const key = await this.find(hash);
    if (!key || !timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash))) return null;
    return key.expiresAt !== null && key.expiresAt <= this.clock.now() ? null : key;
  }

  /** Called when the keys of a deployment changed here, so that the change holds at once. */
  forget(deploymentId: string): void {
    for (const [hash, { key }] of this.cache) if (key.deploymentId === deploymentId) this.cache.delete(hash);
  }

  private async find(hash: string): Promise<VirtualKey | null> {
    const cached = this.cache.get(hash);
    const ageMs = cached ? this.clock.now().getTime() - cached.readAt : Infinity;
    if (cached && ageMs < FRESH_MS) return cached.key;
    try {
      const key = await this.keys.findByHash(hash);
      this.cache.delete(hash);
      if (key) this.remember(key);
      return key;
    } catch (error) {
      if (cached && ageMs < STALE_MAX_MS) return cached.key;
      throw error;
    }
  }

  private remember(key: VirtualKey): void {
    const [oldest] = this.cache.keys();
    if (this.cache.size >= CACHED_MAX && oldest !== undefined) this.cache.delete(oldest);
    this.cache.set(key.hash, { key, readAt: this.clock.now().getTime() });
  }
}
