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
  if (seesEverything(actor)) return query;
  const { alias } = query;
  return query.andWhere(
    new Brackets((either) =>
      either
        .where(`${alias}.visibility = 'open'`)
        .orWhere(`${alias}.createdBy = :visibleTo`, { visibleTo: personOf(actor) }),
    ),
  );
}
