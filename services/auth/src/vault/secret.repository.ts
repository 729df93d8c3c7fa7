import { pageById, type PageBounds } from '@aether/persistence/paging';
import type { EntityManager } from 'typeorm';
import { StoredSecret } from './secret.entity.js';

export async function findSecret(manager: EntityManager, id: string): Promise<StoredSecret | null> {
  return manager.findOneBy(StoredSecret, { id });
}

export async function lockSecret(manager: EntityManager, id: string): Promise<StoredSecret | null> {
  return manager.findOne(StoredSecret, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

export async function pageSecrets(manager: EntityManager, bounds: PageBounds) {
  return pageById(manager.createQueryBuilder(StoredSecret, 'secret'), bounds);
}

export async function insertSecret(
  manager: EntityManager,
  fields: Omit<StoredSecret, 'replace' | 'toSecret'>,
): Promise<StoredSecret> {
  return manager.save(manager.create(StoredSecret, fields));
}

export async function saveSecret(manager: EntityManager, secret: StoredSecret): Promise<void> {
  await manager.save(secret);
}

export async function deleteSecretRow(manager: EntityManager, id: string): Promise<boolean> {
  return (await manager.delete(StoredSecret, { id })).affected === 1;
}
