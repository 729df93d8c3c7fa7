import { LessThanOrEqual, MoreThan, type EntityManager } from 'typeorm';
import { SigningKey } from './signing-key.entity.js';

/** Holds other instances that are about to make a key, until the transaction ends. */
export async function lockSigningKeys(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('aether.auth.signing-keys'))`);
}

/** The key that signs at `now`: of several, the one that does so longest. */
export async function findSigningKey(manager: EntityManager, now: Date): Promise<SigningKey | null> {
  return manager.findOne(SigningKey, {
    where: { signsUntil: MoreThan(now) },
    order: { signsUntil: 'DESC', kid: 'ASC' },
  });
}

export async function listPublishedKeys(manager: EntityManager, now: Date): Promise<SigningKey[]> {
  return manager.find(SigningKey, { where: { expiresAt: MoreThan(now) }, order: { signsUntil: 'DESC' } });
}

export async function insertSigningKey(manager: EntityManager, key: SigningKey): Promise<void> {
  await manager.insert(SigningKey, key);
}

/** No key of before signs any more; each is published until `expiresAt`, but no longer than it would have been. */
export async function endSigningKeys(
  manager: EntityManager,
  { now, expiresAt }: { now: Date; expiresAt: Date },
): Promise<void> {
  await manager.update(SigningKey, { signsUntil: MoreThan(now) }, { signsUntil: now });
  await manager.update(SigningKey, { expiresAt: MoreThan(expiresAt) }, { expiresAt });
}

export async function deleteExpiredKeys(manager: EntityManager, now: Date): Promise<void> {
  await manager.delete(SigningKey, { expiresAt: LessThanOrEqual(now) });
}
