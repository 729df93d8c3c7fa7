import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ContractFailure } from '@aether/contracts/failure';
import { modelsEvents, UsageRecord } from '@aether/contracts/models';
import type { Context } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceContext } from '@aether/messaging/context';
import { z } from 'zod';
import { ModelBudgetRepository } from '../budgets/model-budget.repository.js';
import type { ModelsConfig } from '../config.js';
import { CONFIG, LOGGER } from '../tokens.js';
import type { Usage } from './usage.entity.js';
import { UsageRepository, toRecord } from './usage.repository.js';
import { UsageSpool } from './usage-spool.js';

const Spooled = UsageRecord.extend({
  virtualKeyId: z.uuid(),
  at: UsageRecord.shape.at.transform((at) => new Date(at)),
});

interface Entry {
  readonly usage: Usage;
  readonly context: Context;
}

/** At a call a second this outlasts an hour without a database. */
const WAITING_MAX = 5_000;
const RETRY_MS = 500;
const RETRY_MAX_MS = 5_000;
const FLUSH_WITHIN_MS = 5_000;

/**
 * Writes what calls took, behind the calls: an answer never waits for the database, and an outage of it
 * only delays the rows. What waits is also in a file where there is a folder for it, so that a crash loses nothing.
 */
@Injectable()
export class UsageLedger implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting: Entry[] = [];
  private readonly closing = new AbortController();
  private readonly spool: UsageSpool<Usage> | null;
  private writing: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: UsageRepository,
    private readonly budgets: ModelBudgetRepository,
    @Inject(CONFIG) config: ModelsConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.spool = config.DATA_DIR ? new UsageSpool<Usage>(join(config.DATA_DIR, 'models')) : null;
  }

  /** What the process before could not write. */
  onApplicationBootstrap(): void {
    for (const entry of this.spool?.read() ?? []) {
      const { data, error } = Spooled.safeParse(entry);
      if (data) this.waiting.push({ usage: data, context: serviceContext('models') });
      else this.logger.error({ err: error }, 'a usage record of an earlier run cannot be read');
    }
    if (this.waiting.length > 0) this.begin();
  }

  record(usage: Usage, context: Context): void {
    this.spool?.append(usage);
    if (this.waiting.length >= WAITING_MAX) {
      this.logger.error({ usage }, 'a usage record is lost: too many wait for the database');
      return;
    }
    this.waiting.push({ usage, context });
    this.begin();
  }

  private begin(): void {
    this.writing ??= this.writeAll().finally(() => (this.writing = null));
  }

  async onApplicationShutdown(): Promise<void> {
    const giveUp = setTimeout(() => this.closing.abort(), FLUSH_WITHIN_MS);
    await this.writing;
    clearTimeout(giveUp);
    if (this.spool) return;
    for (const { usage } of this.waiting) this.logger.error({ usage }, 'a usage record is lost at shutdown');
  }

  private async writeAll(): Promise<void> {
    let retryMs = RETRY_MS;
    for (let entry = this.waiting[0]; entry && !this.closing.signal.aborted; entry = this.waiting[0]) {
      try {
        await this.write(entry);
        this.waiting.shift();
        retryMs = RETRY_MS;
      } catch (error) {
        if (!(error instanceof ContractFailure && error.code === 'unavailable')) {
          this.logger.error({ err: error, usage: entry.usage }, 'a usage record could not be written');
          this.waiting.shift();
          continue;
        }
        if (retryMs === RETRY_MS) this.logger.warn('the database is away: usage records wait');
        await delay(retryMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
    if (this.waiting.length === 0) this.spool?.empty();
  }

  private async write({ usage, context }: Entry): Promise<void> {
    await this.database.transaction(context, async (transaction) => {
      if (!(await this.repository.insert(transaction, usage))) return;
      await this.budgets.settle(transaction, usage);
      await transaction.publish(modelsEvents.usageRecorded, { usage: toRecord(usage) });
    });
  }
}
