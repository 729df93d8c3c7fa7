import { z } from 'zod';
import type { Role } from './schemas.js';

/**
 * What a caller may do, as `<resource>:<action>`. `read` shows, `write` changes. Routes and live topics name
 * one of these; who has it is said by the role, narrowed by the scopes of an API key.
 */
export const Permission = z
  .enum([
    'account:read',
    'account:write',
    'agents:read',
    'agents:write',
    'api-keys:read',
    'api-keys:write',
    'audit:read',
    'chats:read',
    'chats:write',
    'connections:read',
    'connections:write',
    'deployments:read',
    'deployments:write',
    'missions:read',
    'missions:write',
    'models:read',
    'models:write',
    'notifications:read',
    'notifications:write',
    'secrets:read',
    'secrets:write',
    'settings:read',
    'settings:write',
    'system:read',
    'system:write',
    'templates:read',
    'templates:write',
    'usage:read',
    'users:read',
    'users:write',
    'webhooks:read',
    'webhooks:write',
  ])
  .meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

const viewer: readonly Permission[] = [
  'account:read',
  'account:write',
  'agents:read',
  'chats:read',
  'connections:read',
  'deployments:read',
  'missions:read',
  'models:read',
  'notifications:read',
  'notifications:write',
  'templates:read',
  'usage:read',
];

const operator: readonly Permission[] = [
  ...viewer,
  'agents:write',
  'api-keys:read',
  'api-keys:write',
  'chats:write',
  'connections:write',
  'deployments:write',
  'missions:write',
  'templates:write',
];

const byRole: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  operator: new Set(operator),
  admin: new Set(Permission.options),
};

/** Everything somebody of that role may do. A higher role has all that a lower one has. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return byRole[role];
}

/** What decides about permission: a role (none: nothing is allowed) and, for API keys, scopes. */
export interface Authority {
  readonly role: Role | null;
  /** What an API key is limited to; absent: everything that the role may. */
  readonly scopes?: readonly Permission[];
}

/** What is asked of a caller: one permission, or only to be somebody. */
export type Requirement = Permission | 'authenticated';

/** True where the role has the permission and the scopes, if there are any, name it. */
export function hasPermission({ role, scopes }: Authority, needed: Requirement): boolean {
  if (role === null) return false;
  if (needed === 'authenticated') return true;
  return permissionsOf(role).has(needed) && (scopes === undefined || scopes.includes(needed));
}
