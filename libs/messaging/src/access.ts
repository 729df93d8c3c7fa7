import { commonFailure } from '@aether/contracts/failure';
import { roleAllows, type Role } from '@aether/contracts/schemas';
import type { Context } from './context.js';

/**
 * The rules of use cases about who asks; the edge has checked its own before.
 * Each throws `unauthenticated` where nobody is signed in, and `forbidden` where the role is too low.
 */

/** For acts of people and their keys: a service has no role and is refused as well. Returns the caller's role. */
export function requireRole({ actor }: Context, needed: Role): Role {
  if (actor.type === 'anonymous') throw commonFailure('unauthenticated');
  if (!actor.role || !roleAllows(actor.role, needed))
    throw commonFailure('forbidden', {
      detail: `This needs the role "${needed}"; yours is "${actor.role ?? 'none'}".`,
    });
  return actor.role;
}

/** For acts of a service on its own behalf; NATS permissions say which service may ask at all. */
export function requireService({ actor }: Context): void {
  if (actor.type !== 'service')
    throw commonFailure('forbidden', { detail: 'Only a service acting for itself may do this.' });
}

/** For acts of people of that role and of any service that NATS lets ask. */
export function requireServiceOr(context: Context, needed: Role): void {
  if (context.actor.type !== 'service') requireRole(context, needed);
}
