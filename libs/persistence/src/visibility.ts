import { personOf, seesEverything, type Restricted } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import { Brackets, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

/**
 * Narrows a query to the rows that `canSee` lets the actor see. The entity has the properties `createdBy` and
 * `visibility`. Returns the same query, so that it can be handed on to `pageById`.
 */
export function onlyVisible<T extends ObjectLiteral & Restricted>(
  query: SelectQueryBuilder<T>,
  actor: Actor,
): SelectQueryBuilder<T> {
  return onlyWhereVisible(query, query.alias, actor);
}

/** The same for rows that belong to a restricted thing, which the query has joined under `alias`. */
export function onlyWhereVisible<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  alias: string,
  actor: Actor,
): SelectQueryBuilder<T> {
  if (seesEverything(actor)) return query;
  return query.andWhere(
    new Brackets((either) =>
      either
        .where(`${alias}.visibility = 'open'`)
        .orWhere(`${alias}.createdBy = :visibleTo`, { visibleTo: personOf(actor) }),
    ),
  );
}

/** Narrows a query to the rows that `onlyVisible` leaves out, which are few: for what belongs to such a row. */
export function onlyHidden<T extends ObjectLiteral & Restricted>(
  query: SelectQueryBuilder<T>,
  actor: Actor,
): SelectQueryBuilder<T> {
  const { alias } = query;
  if (seesEverything(actor)) return query.andWhere('false');
  return query
    .andWhere(`${alias}.visibility <> 'open'`)
    .andWhere(`${alias}.createdBy <> :visibleTo`, { visibleTo: personOf(actor) });
}
