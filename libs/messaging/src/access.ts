import { commonFailure, type ContractFailure } from '@aether/contracts/failure';
import { hasPermission, type Requirement } from '@aether/contracts/permissions';
import type { Role, Visibility } from '@aether/contracts/schemas';
import type { Actor, Context } from './context.js';

/**
 * The rules of use cases about who asks; the edge has checked its own before.
 * Each throws `unauthenticated` where nobody is signed in, and `forbidden` where the permission is missing.
 */

/** For acts of people and their keys: a service has no role and is refused as well. Returns the caller's role. */
export function requirePermission({ actor }: Context, needed: Requirement): Role {
  if (actor.type === 'anonymous') throw commonFailure('unauthenticated');
  if (actor.role === null || !hasPermission(actor, needed)) throw lacks(actor, needed);
  return actor.role;
}

/** For acts of a service on its own behalf; NATS permissions say which service may ask at all. */
export function requireService({ actor }: Context): void {
  if (actor.type !== 'service')
    throw commonFailure('forbidden', { detail: 'Only a service acting for itself may do this.' });
}

/** For acts of those who have the permission and of any service that NATS lets ask. */
export function requireServiceOr(context: Context, needed: Requirement): void {
  if (context.actor.type !== 'service') requirePermission(context, needed);
}

/** The refusal of a caller who is somebody, but may not do this: says what is missing and why. */
export function lacks({ type, role, scopes }: Actor, needed: Requirement): ContractFailure {
  const narrowed = scopes !== undefined && hasPermission({ role }, needed);
  if (!narrowed)
    return commonFailure('forbidden', {
      detail: `This needs the permission "${needed}", which the role "${role ?? 'none'}" does not have.`,
      hint: 'Ask an administrator for a role that has this permission.',
    });
  return type === 'key'
    ? commonFailure('forbidden', {
        detail: `This needs the permission "${needed}", which is not among the scopes of this API key.`,
        hint: 'Create an API key with this scope.',
      })
    : commonFailure('forbidden', {
        detail: `This needs the permission "${needed}", which this session does not have yet.`,
        hint: 'Set up the second factor that is required here, then refresh the session.',
      });
}

/** What decides who sees a thing; rows that may be private have both. */
export interface Restricted {
  /** `personOf` the one who made it. */
  readonly createdBy: string;
  readonly visibility: Visibility;
}

/** Whose doing it is: the person a key belongs to, else the actor itself. Things are owned by this id. */
export function personOf(actor: Actor): string {
  return actor.ownerId ?? actor.id;
}

/** True for those to whom nothing is private: administrators, and services. */
export function seesEverything({ type, role }: Actor): boolean {
  return type === 'service' || role === 'admin';
}

/** True where the thing is open, or the actor owns it or sees everything. To others it is "not found". */
export function canSee(actor: Actor, thing: Restricted): boolean {
  return thing.visibility === 'open' || isOwner(actor, thing) || seesEverything(actor);
}

/** True where the actor may also say who else sees the thing: its owner, and those who see everything. */
export function canRestrict(actor: Actor, thing: Restricted): boolean {
  return isOwner(actor, thing) || seesEverything(actor);
}

const isOwner = (actor: Actor, { createdBy }: Restricted) =>
  actor.type !== 'anonymous' && createdBy === personOf(actor);
