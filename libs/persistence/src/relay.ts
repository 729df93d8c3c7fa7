import { setTimeout as delay } from 'node:timers/promises';
import type { Messaging } from '@aether/messaging/messaging';
import type { DataSource } from 'typeorm';
import { OutboxRow } from './tables.js';

export interface RelayOptions {
  /** Safety net for rows of an instance that died before its wake-up. Default 1 000 ms. */
  readonly pollMs?: number;
  /** Rows published and deleted in one go. Default 200. */
  readonly batch?: number;
  readonly reportFault: (error: unknown) => void;
}

/** Publishes committed rows at least once. Several instances may run, so order is not promised. */
export class Relay {
  private stopped = new AbortController();
  private wakeUp = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    private readonly messaging: Pick<Messaging, 'publish'>,
    private readonly options: RelayOptions,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Called after each commit that wrote to the outbox. */
  wake(): void {
    this.wakeUp.abort();
  }

  /** Finishes the batch at hand. Rows left are published at the next start. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.wake();
    await this.loop;
  }

  /** Age of the oldest unpublished row in milliseconds; 0 with none. */
  async lagMs(): Promise<number> {
    const oldest = await this.source.getRepository(OutboxRow).findOne({ where: {}, order: { id: 'ASC' } });
    return oldest ? Math.max(0, Date.now() - oldest.createdAt.getTime()) : 0;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      this.wakeUp = new AbortController();
      const published = await this.publishBatch().catch((error: unknown) => {
        this.options.reportFault(error);
        return 0;
      });
      if (published > 0) continue;
      await delay(this.options.pollMs ?? 1_000, undefined, { signal: this.wakeUp.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Locks a batch that no other instance holds, publishes it, and deletes what the stream has. */
  private async publishBatch(): Promise<number> {
    return this.source.transaction(async (manager) => {
      const rows = await manager
        .createQueryBuilder(OutboxRow, 'outbox')
        // Ids are UUIDs of version 7: oldest first.
        .orderBy('outbox.id', 'ASC')
        .limit(this.options.batch ?? 200)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getMany();
      if (rows.length === 0) return 0;
      const results = await Promise.allSettled(rows.map((row) => this.messaging.publish(row)));
      const done = rows.filter((_, index) => results[index]?.status === 'fulfilled').map((row) => row.id);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) this.options.reportFault(failed.reason);
      if (done.length > 0) await manager.delete(OutboxRow, done);
      return done.length;
    });
  }
}
