import { type Permission, hasPermission, permissionsOf } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import type { Actor } from '@aether/messaging/context';

/** Nobody hands on what they do not have themselves; so a narrow key makes no wide account. */
export function mayGrant(actor: Actor, role: Role, scopes?: readonly Permission[]): boolean {
  return [...permissionsOf(role)]
    .filter((permission) => scopes === undefined || scopes.includes(permission))
    .every((permission) => hasPermission(actor, permission));
}
