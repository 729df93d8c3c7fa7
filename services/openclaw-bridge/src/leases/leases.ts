import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Turns } from '../chats/turns.js';
import type { BridgeConfig } from '../config.js';
import { ConnectionHub } from '../connections/connection-hub.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { CONFIG, LOGGER } from '../tokens.js';
import { Claims, type Claim } from './claims.js';
import { LeaseRepository } from './lease.repository.js';

const LOOK_EVERY_MS = 500;

/** Has this instance hold its share of the connections, and lets go of them when it could not say in time that it lives. */
@Injectable()
export class Leases implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly renewing: Periodic;
  private readonly looking: Periodic;
  private readonly leaseMs: number;
  private lapse: NodeJS.Timeout | undefined;
  private isLiving = false;

  constructor(
    private readonly leases: LeaseRepository,
    private readonly claims: Claims,
    private readonly connections: ConnectionRepository,
    private readonly hub: ConnectionHub,
    private readonly turns: Turns,
    @Inject(CONFIG) config: BridgeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.leaseMs = config.LEASE_S * 1_000;
    // Apart, so that nothing that takes its time keeps the lease from being renewed.
    this.renewing = this.periodic(this.leaseMs / 6, () => this.renew(config.LEASE_S));
    this.looking = this.periodic(LOOK_EVERY_MS, () => this.look());
  }

  onApplicationBootstrap(): void {
    this.renewing.start();
    this.looking.start();
  }

  /** Called after each commit that opens a connection, moves it or has it opened anew. */
  wake(): void {
    this.looking.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.looking.stop();
    await this.renewing.stop();
    clearTimeout(this.lapse);
    await Promise.all(this.claims.ids.map((id) => this.hub.letGo(id)));
    await this.leases
      .leave(this.claims.instance)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the lease runs out by itself'));
  }

  private periodic(everyMs: number, work: () => Promise<void>): Periodic {
    const reportFault = (err: unknown) => this.logger.warn({ err }, 'the leases were not seen to');
    return new Periodic({ everyMs, work, reportFault });
  }

  private async renew(leaseS: number): Promise<void> {
    const since = Date.now();
    await this.leases.renew(this.claims.instance, leaseS);
    clearTimeout(this.lapse);
    // Overdue, it also is what a paused process does first.
    this.lapse = setTimeout(() => this.letGo(), Math.max(0, since + this.leaseMs - Date.now()));
    if (this.isLiving) return;
    this.isLiving = true;
    this.wake();
  }

  /** Others may hold everything by now. */
  private letGo(): void {
    this.isLiving = false;
    const { ids } = this.claims;
    this.logger.warn({ connections: ids.length }, 'the lease ran out: every connection is let go of');
    for (const id of ids) void this.hub.letGo(id);
  }

  private async look(): Promise<void> {
    const { instance } = this.claims;
    if (!this.isLiving) return;
    const held = await this.leases.held(instance);
    const share = await this.leases.share();
    const taken = held.length < share ? await this.leases.claim(instance, share - held.length) : [];
    await this.hold([...held, ...taken]);
    if (held.length > share) await this.giveBack(held.length - share);
    await this.turns.gather();
  }

  /** Holds these and nothing else; what has another fence is opened anew. */
  private async hold(claims: readonly Claim[]): Promise<void> {
    const kept = new Set(claims.map(({ id }) => id));
    for (const id of this.claims.ids) if (!kept.has(id)) void this.hub.letGo(id);
    const changed = claims.filter(({ id, fence }) => this.claims.fenceOf(id) !== fence);
    if (changed.length === 0) return;
    for (const row of await this.connections.ofIds(changed.map(({ id }) => id)))
      if (this.isLiving && row.leaseHolder === this.claims.instance) this.hub.open(row);
  }

  /** Those with the fewest turns under way go first: to those who have less than their share. */
  private async giveBack(count: number): Promise<void> {
    const ids = this.claims.ids
      .toSorted((a, b) => this.turns.openAt(a) - this.turns.openAt(b))
      .slice(0, count);
    await Promise.all(ids.map((id) => this.hub.letGo(id)));
    await this.leases.release(this.claims.instance, ids);
  }
}
