import { IsNull, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { DeadLetterRow, OutboxRow } from './tables.js';

/** Rows of a table. */
export type Rows = EntityTarget<ObjectLiteral>;

/**
 * How many rows have each value of an SQL expression over `row`, in the order of the values; values without rows are
 * left out.
 */
export async function countBy(
  manager: EntityManager,
  rows: Rows,
  expression: string,
): Promise<{ value: string; count: number }[]> {
  return manager
    .createQueryBuilder(rows, 'row')
    .select(`(${expression})::text`, 'value')
    .addSelect('count(*)::int', 'count')
    .groupBy('1')
    .orderBy('1')
    .getRawMany<{ value: string; count: number }>();
}

/** Events that wait for the relay, and events that were given up on and not replayed since. */
export async function countEvents(manager: EntityManager): Promise<{ outbox: number; deadLetters: number }> {
  const [outbox, deadLetters] = await Promise.all([
    manager.count(OutboxRow),
    manager.count(DeadLetterRow, { where: { replayedAt: IsNull() } }),
  ]);
  return { outbox, deadLetters };
}
