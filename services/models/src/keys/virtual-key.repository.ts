import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { VirtualKey } from './virtual-key.entity.js';

@Injectable()
export class VirtualKeyRepository {
  constructor(private readonly database: Database) {}

  async findByHash(hash: string): Promise<VirtualKey | null> {
    return this.database.read((manager) => manager.findOneBy(VirtualKey, { hash }));
  }

  async page(
    { deploymentId, ended, ...bounds }: PageBounds & { deploymentId?: string; ended: boolean },
    now: Date,
  ) {
    return this.database.read((manager) => {
      const query = manager.createQueryBuilder(VirtualKey, 'row').where('true');
      if (deploymentId) query.andWhere('row.deploymentId = :deploymentId', { deploymentId });
      if (!ended) query.andWhere('(row.expiresAt IS NULL OR row.expiresAt > :now)', { now });
      return pageById(query, bounds);
    });
  }

  /** Ends one key, unless it has ended before. Null where there is none. */
  async end({ manager }: Transaction, id: string, at: Date): Promise<VirtualKey | null> {
    await manager.update(
      VirtualKey,
      [
        { id, expiresAt: IsNull() },
        { id, expiresAt: MoreThan(at) },
      ],
      { expiresAt: at },
    );
    return manager.findOneBy(VirtualKey, { id });
  }

  async insert({ manager }: Transaction, key: VirtualKey): Promise<void> {
    await manager.insert(VirtualKey, key);
  }

  /** Makes `key` the only one without an end that its deployment runs with; the one before ends at `oldEndsAt`. */
  async replace({ manager }: Transaction, key: VirtualKey, oldEndsAt: Date): Promise<void> {
    // Two rotations of one deployment at once would leave two keys without an end.
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key.deploymentId]);
    await manager.update(
      VirtualKey,
      { deploymentId: key.deploymentId, name: IsNull(), expiresAt: IsNull() },
      { expiresAt: oldEndsAt },
    );
    await manager.insert(VirtualKey, key);
  }

  /** Ends every key of a deployment. False where none was in force. */
  async endAll({ manager }: Transaction, deploymentId: string, at: Date): Promise<boolean> {
    const { affected } = await manager.update(
      VirtualKey,
      [
        { deploymentId, expiresAt: IsNull() },
        { deploymentId, expiresAt: MoreThan(at) },
      ],
      { expiresAt: at },
    );
    return (affected ?? 0) > 0;
  }
}
