import type { Secret } from '@aether/contracts/auth';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { SealedColumns } from './sealed.entity.js';
import type { Sealed } from './vault.js';

@Entity('secret')
export class StoredSecret {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_secret' })
  id: string;

  @Column('text')
  name: string;

  @Column(() => SealedColumns, { prefix: false })
  sealed: SealedColumns;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  replace(sealed: Sealed, now: Date): void {
    this.sealed = sealed;
    this.updatedAt = now;
  }

  toSecret(): Secret {
    return {
      id: this.id,
      name: this.name,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
