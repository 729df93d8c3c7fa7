import { LessThan, type EntityManager } from 'typeorm';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { Session } from './sessions/session.entity.js';
import { SignInGuard } from './sign-in/sign-in-guard.entity.js';
import { deleteExpiredKeys } from './signing-keys/signing-key.repository.js';

const DAY_MS = 24 * 3_600_000;

/** Failures older than a day are forgotten. A session that was revoked stays until it would have ended. */
export async function deleteWhatCannotMatter(manager: EntityManager, now: Date): Promise<void> {
  await manager.delete(RefreshToken, { expiresAt: LessThan(now) });
  await manager.delete(Session, { expiresAt: LessThan(now) });
  await manager.delete(SignInGuard, { failedAt: LessThan(new Date(now.getTime() - DAY_MS)) });
  await deleteExpiredKeys(manager, now);
}
