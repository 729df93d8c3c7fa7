import type { DataSource } from 'typeorm';
import { DeadLetterRow, IdempotencyRow, InboxRow } from './tables.js';

/** Longer than a stream keeps events (30 days), so a late redelivery still finds its inbox row. */
const INBOX_DAYS = 31;
const IDEMPOTENCY_DAYS = 7;
const REPLAYED_DAYS = 90;

/** Deletes messaging rows that can no longer matter. Safe to run on several instances. */
export async function pruneMessagingTables(source: DataSource): Promise<void> {
  const older = (column: string, days: number) => `${column} < now() - interval '${days} days'`;
  await source.createQueryBuilder().delete().from(InboxRow).where(older('handled_at', INBOX_DAYS)).execute();
  await source
    .createQueryBuilder()
    .delete()
    .from(IdempotencyRow)
    .where(older('created_at', IDEMPOTENCY_DAYS))
    .execute();
  await source
    .createQueryBuilder()
    .delete()
    .from(DeadLetterRow)
    .where(older('replayed_at', REPLAYED_DAYS))
    .execute();
}
