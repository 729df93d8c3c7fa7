import { commonFailure } from '@aether/contracts/failure';
import { roleAllows, type Role } from '@aether/contracts/schemas';
import type { Context } from '@aether/messaging/context';

/** Services have no role: what they may ask is said by their NATS permissions. */
export function requireRole({ actor }: Context, needed: Role): void {
  if (actor.type === 'service') return;
  if (actor.role === null) throw commonFailure('unauthenticated');
  if (!roleAllows(actor.role, needed))
    throw commonFailure('forbidden', {
      detail: `This needs the role "${needed}"; yours is "${actor.role}".`,
    });
}
