import { pageById, type PageBounds } from '@aether/persistence/paging';
import type { EntityManager } from 'typeorm';
import { StoredSecret, StoredSecretUse } from './secret.entity.js';

/** With its uses. */
export async function findSecret(manager: EntityManager, id: string): Promise<StoredSecret | null> {
  return manager.findOne(StoredSecret, { where: { id }, relations: { uses: true } });
}

export async function lockSecret(manager: EntityManager, id: string): Promise<StoredSecret | null> {
  const locked = await manager.findOne(StoredSecret, { where: { id }, lock: { mode: 'pessimistic_write' } });
  return locked && findSecret(manager, id);
}

export async function pageSecrets(manager: EntityManager, bounds: PageBounds) {
  return pageById(
    manager.createQueryBuilder(StoredSecret, 'secret').leftJoinAndSelect('secret.uses', 'use'),
    bounds,
  );
}

export async function insertSecret(
  manager: EntityManager,
  fields: Omit<StoredSecret, 'replace' | 'toSecret' | 'uses'>,
): Promise<void> {
  await manager.insert(StoredSecret, fields);
}

export async function saveSecret(manager: EntityManager, secret: StoredSecret): Promise<void> {
  const { sealed, updatedAt } = secret;
  await manager.update(StoredSecret, { id: secret.id }, { sealed, updatedAt });
}

export async function deleteSecretRow(manager: EntityManager, id: string): Promise<boolean> {
  return (await manager.delete(StoredSecret, { id })).affected === 1;
}

export async function recordUse(manager: EntityManager, use: Omit<StoredSecretUse, 'secret'>): Promise<void> {
  await manager.upsert(StoredSecretUse, use, ['secretId', 'service', 'purpose']);
}
