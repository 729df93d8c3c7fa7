import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { VirtualKey } from './virtual-key.entity.js';

@Injectable()
export class VirtualKeyRepository {
  constructor(private readonly database: Database) {}

  async findByHash(hash: string): Promise<VirtualKey | null> {
    return this.database.read((manager) => manager.findOneBy(VirtualKey, { hash }));
  }

  /** Makes `key` the only one of its deployment without an end; the one before ends at `oldEndsAt`. */
  async replace({ manager }: Transaction, key: VirtualKey, oldEndsAt: Date): Promise<void> {
    // Two rotations of one deployment at once would leave two keys without an end.
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key.deploymentId]);
    await manager.update(
      VirtualKey,
      { deploymentId: key.deploymentId, expiresAt: IsNull() },
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
