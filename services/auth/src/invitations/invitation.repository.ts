import { pageById, type PageBounds } from '@aether/persistence/paging';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
import { sha256 } from '../tokens.js';
import { StoredInvitation } from './invitation.entity.js';

export async function findInvitationByToken(
  manager: EntityManager,
  token: string,
): Promise<StoredInvitation | null> {
  return manager.findOneBy(StoredInvitation, { tokenHash: sha256(token) });
}

export async function lockInvitation(manager: EntityManager, id: string): Promise<StoredInvitation | null> {
  return manager.findOne(StoredInvitation, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** Those for an address that were neither used nor withdrawn, expired ones as well. */
export async function lockUnusedInvitations(
  manager: EntityManager,
  email: string,
): Promise<StoredInvitation[]> {
  return manager.find(StoredInvitation, {
    where: { email, acceptedAt: IsNull(), revokedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
    order: { id: 'ASC' },
  });
}

export async function pageInvitations(manager: EntityManager, bounds: PageBounds) {
  return pageById(manager.createQueryBuilder(StoredInvitation, 'invitation'), bounds);
}

export async function saveInvitation(manager: EntityManager, invitation: StoredInvitation): Promise<void> {
  await manager.save(invitation);
}

export async function deleteInvitations(manager: EntityManager, expiredBefore: Date): Promise<void> {
  await manager.delete(StoredInvitation, { expiresAt: LessThan(expiredBefore) });
}
