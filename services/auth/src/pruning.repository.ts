import { LessThan, type EntityManager } from 'typeorm';
import { deleteInvitations } from './invitations/invitation.repository.js';
import { ProviderSignIn } from './identity-providers/provider-sign-in.entity.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { Session } from './sessions/session.entity.js';
import { SignInGuard } from './sign-in/sign-in-guard.entity.js';
import { deleteUserRows } from './users/user.repository.js';
import { deleteExpiredKeys } from './signing-keys/signing-key.repository.js';

const DAY_MS = 24 * 3_600_000;
/** Long enough to see who was invited lately. */
const INVITATIONS_KEPT_MS = 30 * DAY_MS;

/** Failures older than a day are forgotten. A session that was revoked stays until it would have ended. */
export async function deleteWhatCannotMatter(manager: EntityManager, now: Date): Promise<void> {
  const dayAgo = new Date(now.getTime() - DAY_MS);
  await manager.delete(RefreshToken, { expiresAt: LessThan(now) });
  await manager.delete(Session, { expiresAt: LessThan(now) });
  await manager.delete(SignInGuard, { failedAt: LessThan(dayAgo) });
  await manager.delete(ProviderSignIn, { expiresAt: LessThan(now) });
  await deleteUserRows(manager, dayAgo);
  await deleteInvitations(manager, new Date(now.getTime() - INVITATIONS_KEPT_MS));
  await deleteExpiredKeys(manager, now);
}
