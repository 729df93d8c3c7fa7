import { commonFailure } from '@aether/contracts/failure';
import { roleAllows, type Role } from '@aether/contracts/schemas';
import type { Context } from '@aether/messaging/context';

/** Services are let through: NATS permissions say what they may ask. Everybody else needs the role. */
export function requireRole({ actor }: Context, needed: Role): void {
  if (actor.type === 'service') return;
  if (actor.role === null) throw commonFailure('unauthenticated');
  if (!roleAllows(actor.role, needed)) throw commonFailure('forbidden');
}
