import { commonFailure } from '@aether/contracts/failure';
import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';

/** Password checks inside at once, waiting ones included; the rest of the service stays free to answer. */
const INSIDE_MAX = 32;

/**
 * One password check per account at a time, so that many guesses sent at once meet the delay like guesses sent
 * one after the other.
 */
@Injectable()
export class SignInGate {
  private readonly accounts = new Map<string, { queue: PQueue; inside: number }>();
  private inside = 0;

  async pass<T>(account: string, check: () => Promise<T>): Promise<T> {
    if (this.inside >= INSIDE_MAX) throw commonFailure('overloaded', { retryAfterS: 1 });
    const entry = this.accounts.get(account) ?? { queue: new PQueue({ concurrency: 1 }), inside: 0 };
    this.accounts.set(account, entry);
    this.inside += 1;
    entry.inside += 1;
    try {
      return await entry.queue.add(check);
    } finally {
      this.inside -= 1;
      entry.inside -= 1;
      if (entry.inside === 0) this.accounts.delete(account);
    }
  }
}
