import { pageById, type PageBounds } from '@aether/persistence/paging';
import type { EntityManager } from 'typeorm';
import { StoredApiKey } from './api-key.entity.js';

export async function findApiKey(manager: EntityManager, id: string): Promise<StoredApiKey | null> {
  return manager.findOneBy(StoredApiKey, { id });
}

export async function lockApiKey(manager: EntityManager, id: string): Promise<StoredApiKey | null> {
  return manager.findOne(StoredApiKey, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

export async function findApiKeyByPrefix(
  manager: EntityManager,
  prefix: string,
): Promise<StoredApiKey | null> {
  return manager.findOneBy(StoredApiKey, { prefix });
}

/** Of everybody where `ownerId` is null. */
export async function pageApiKeys(
  manager: EntityManager,
  { ownerId, ...bounds }: PageBounds & { ownerId: string | null },
) {
  const query = manager.createQueryBuilder(StoredApiKey, 'api_key');
  if (ownerId !== null) query.where({ createdBy: ownerId });
  return pageById(query, bounds);
}

export async function insertApiKey(
  manager: EntityManager,
  fields: Omit<StoredApiKey, 'isUsable' | 'revoke' | 'toApiKey'>,
): Promise<StoredApiKey> {
  return manager.save(manager.create(StoredApiKey, fields));
}

export async function saveApiKey(manager: EntityManager, key: StoredApiKey): Promise<void> {
  await manager.save(key);
}
