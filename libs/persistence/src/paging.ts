import { commonFailure } from '@aether/contracts/failure';
import { validate } from 'uuid';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** A page's bounds as they come in a query; the cursor is the one of the page before. */
export interface PageBounds {
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * One page of rows by id, newest first (ids are UUIDs of version 7). `query` brings its own conditions.
 * A cursor that no page gave is `invalid_input`.
 */
export async function pageById<T extends ObjectLiteral & { id: string }>(
  query: SelectQueryBuilder<T>,
  { limit, cursor }: PageBounds,
): Promise<{ items: T[]; nextCursor: string | null }> {
  if (cursor !== undefined) {
    const before = Buffer.from(cursor, 'base64url').toString('utf8');
    if (!validate(before))
      throw commonFailure('invalid_input', {
        issues: [{ path: 'cursor', message: 'pass back a `nextCursor` unchanged' }],
      });
    query.andWhere(`${query.alias}.id < :before`, { before });
  }
  const rows = await query
    .orderBy(`${query.alias}.id`, 'DESC')
    .take(limit + 1)
    .getMany();
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last ? Buffer.from(last.id).toString('base64url') : null };
}
