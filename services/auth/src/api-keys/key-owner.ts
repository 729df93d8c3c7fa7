import { canSee } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import type { Transaction } from '@aether/persistence/database';
import { findUser } from '../users/user.repository.js';
import type { StoredApiKey } from './api-key.entity.js';
import { findApiKey } from './api-key.repository.js';

/** Keys are the business of the person they belong to, and of administrators. */
export function mayTouch(actor: Actor, { ownerId }: Pick<StoredApiKey, 'ownerId'>): boolean {
  return canSee(actor, { createdBy: ownerId, visibility: 'private' });
}

/** Who makes a key: the person it will belong to, and when the maker itself ends. */
export interface KeyMaker {
  readonly ownerId: string;
  readonly endsAt: Date | null;
}

/** Null where the maker, or the person behind it, may not be here any more. */
export async function findMaker(
  manager: Transaction['manager'],
  actor: Actor,
  now: Date,
): Promise<KeyMaker | null> {
  const key = actor.type === 'key' ? await findApiKey(manager, actor.id) : null;
  if (actor.type === 'key' && !key?.isUsable(now)) return null;
  const ownerId = key?.ownerId ?? actor.id;
  const owner = await findUser(manager, ownerId);
  return owner?.isActive ? { ownerId, endsAt: key?.expiresAt ?? null } : null;
}
