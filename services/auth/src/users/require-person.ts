import { commonFailure } from '@aether/contracts/failure';
import type { Permission } from '@aether/contracts/permissions';
import { requirePermission } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';

/** For what concerns somebody's own account, which no key may touch. Returns their id. */
export function requirePerson(context: Context, needed: Permission): string {
  requirePermission(context, needed);
  const { type, id } = context.actor;
  if (type === 'user') return id;
  throw commonFailure('forbidden', {
    detail: 'This concerns the account of a person; an API key has none.',
    hint: 'Sign in and do it there.',
  });
}
