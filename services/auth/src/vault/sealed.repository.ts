import type { EntityManager } from 'typeorm';
import { secondFactorVaultId } from '../second-factor/second-factor-check.js';
import { SecondFactor } from '../second-factor/second-factor.entity.js';
import { SigningKey } from '../signing-keys/signing-key.entity.js';
import { signingKeyVaultId } from '../signing-keys/signing-keys.js';
import { MasterKeyCheck } from './master-key-check.entity.js';
import type { SealedColumns } from './sealed.entity.js';
import { StoredSecret } from './secret.entity.js';
import type { Sealed, Vault } from './vault.js';

/** One table with sealed rows. */
interface SealedTable {
  /** Rows that another master key protects. */
  count(manager: EntityManager, masterKeyId: string): Promise<number>;
  /** Re-wraps up to `limit` of them that nobody else holds. Returns how many. */
  rewrap(manager: EntityManager, vault: Vault, limit: number): Promise<number>;
}

function sealedTable<E extends { sealed: SealedColumns }>(
  entity: new () => E,
  vaultIdOf: (row: E) => string,
): SealedTable {
  const others = (manager: EntityManager, masterKeyId: string) =>
    manager
      .createQueryBuilder(entity, 'row')
      .where('row.sealed.masterKeyId IS DISTINCT FROM :masterKeyId', { masterKeyId });
  return {
    count: (manager, masterKeyId) => others(manager, masterKeyId).getCount(),
    rewrap: async (manager, vault, limit) => {
      const rows = await others(manager, vault.masterKeyId)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .limit(limit)
        .getMany();
      for (const row of rows) {
        const sealed: Sealed = vault.rewrap(vaultIdOf(row), row.sealed);
        row.sealed = sealed;
        await manager.save(row);
      }
      return rows.length;
    },
  };
}

/** The check comes last: while anything is left, only an instance that has both keys starts. */
export const sealedTables: readonly SealedTable[] = [
  sealedTable(StoredSecret, ({ id }) => id),
  sealedTable(SigningKey, ({ kid }) => signingKeyVaultId(kid)),
  sealedTable(SecondFactor, ({ userId }) => secondFactorVaultId(userId)),
  sealedTable(MasterKeyCheck, ({ id }) => id),
];
