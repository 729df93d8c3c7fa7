import type { EntityManager } from 'typeorm';
import { MasterKeyCheck } from './master-key-check.entity.js';
import type { Sealed } from './vault.js';

/** Stores `sealed` where nothing is stored yet, and returns what is stored. */
export async function keepFirstCheck(manager: EntityManager, id: string, sealed: Sealed): Promise<Sealed> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(MasterKeyCheck)
    .values({ id, sealed })
    .orIgnore()
    .execute();
  return (await manager.findOneByOrFail(MasterKeyCheck, { id })).sealed;
}
