import type { Role } from '@aether/contracts/schemas';

/** What each role is for, in the order of what they may do. */
export const roles: readonly { readonly id: Role; readonly label: string; readonly lead: string }[] = [
  { id: 'viewer', label: 'Viewer', lead: 'Looks at everything that is not private, changes nothing.' },
  { id: 'operator', label: 'Operator', lead: 'Works with agents, missions, chats and deployments.' },
  { id: 'admin', label: 'Administrator', lead: 'May do everything: people, settings, secrets, the system.' },
];

export const roleLabel = (role: Role): string => roles.find(({ id }) => id === role)?.label ?? role;

/** Roles that somebody may hand on: nobody gives what they do not have. */
export const rolesUpTo = (role: Role) => roles.slice(0, roles.findIndex(({ id }) => id === role) + 1);
