import { commonFailure } from '@aether/contracts/failure';
import { roleAllows, type Role } from '@aether/contracts/schemas';
import type { Context } from '@aether/messaging/context';

/** Refuses who is not signed in or whose role is too low. A service has no role: it is refused as well. */
export function requireRole({ actor }: Context, needed: Role): Role {
  if (actor.type === 'anonymous') throw commonFailure('unauthenticated');
  if (!actor.role || !roleAllows(actor.role, needed)) throw commonFailure('forbidden');
  return actor.role;
}

/** Lets services pass; NATS permissions say which of them may ask at all. */
export function requireService({ actor }: Context): void {
  if (actor.type !== 'service')
    throw commonFailure('forbidden', { detail: 'Only a service acting for itself may do this.' });
}

export function requireServiceOr(context: Context, needed: Role): void {
  if (context.actor.type !== 'service') requireRole(context, needed);
}
