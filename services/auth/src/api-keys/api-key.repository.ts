import { pageById, type PageBounds } from '@aether/persistence/paging';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
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
  if (ownerId !== null) query.where({ ownerId });
  return pageById(query, bounds);
}

export async function insertApiKey(manager: EntityManager, key: StoredApiKey): Promise<StoredApiKey> {
  await manager.insert(StoredApiKey, key);
  return key;
}

export async function saveApiKey(manager: EntityManager, key: StoredApiKey): Promise<void> {
  await manager.save(key);
}

/** Revokes a key, what it took the place of, and everything made with them. Returns the ids that were running. */
export async function revokeWithDescendants(
  manager: EntityManager,
  id: string,
  now: Date,
): Promise<string[]> {
  const [rows] = await manager.query<[{ id: string }[], number]>(
    `WITH RECURSIVE line AS (
       SELECT id FROM api_key WHERE id = $1
       UNION
       SELECT k.id FROM api_key k JOIN line ON k.created_by = line.id OR k.replaced_by = line.id)
     UPDATE api_key SET revoked_at = $2 FROM line
     WHERE api_key.id = line.id AND revoked_at IS NULL RETURNING api_key.id`,
    [id, now],
  );
  return rows.map((row) => row.id);
}

/** Revokes every key that belongs to a person. Returns the ids of those that were running. */
export async function revokeKeysOf(manager: EntityManager, ownerId: string, now: Date): Promise<string[]> {
  const running = await manager.find(StoredApiKey, {
    where: { ownerId, revokedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
    order: { id: 'ASC' },
  });
  await manager.update(StoredApiKey, { ownerId, revokedAt: IsNull() }, { revokedAt: now });
  return running.map(({ id }) => id);
}

/** Written at most once in `everyMs`, so that a busy key costs no write a request. */
export async function touchApiKey(
  manager: EntityManager,
  id: string,
  { now, everyMs }: { now: Date; everyMs: number },
): Promise<void> {
  const before = new Date(now.getTime() - everyMs);
  await manager.update(
    StoredApiKey,
    [
      { id, lastUsedAt: IsNull() },
      { id, lastUsedAt: LessThan(before) },
    ],
    { lastUsedAt: now },
  );
}
