import type { Secret } from '@aether/contracts/vault';
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';
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

  @OneToMany(() => StoredSecretUse, (use) => use.secret)
  uses?: StoredSecretUse[];

  replace(sealed: Sealed, now: Date): void {
    this.sealed = sealed;
    this.updatedAt = now;
  }

  toSecret(): Secret {
    const uses = [...(this.uses ?? [])].sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
    return {
      id: this.id,
      name: this.name,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
      usedBy: uses.map(({ service, purpose, lastUsedAt }) => ({
        service,
        purpose,
        lastUsedAt: lastUsedAt.toISOString(),
      })),
    };
  }
}

/** That a service stored or revealed a secret, and for what. */
@Entity('secret_use')
export class StoredSecretUse {
  @PrimaryColumn('uuid', { name: 'secret_id', primaryKeyConstraintName: 'PK_secret_use' })
  secretId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_secret_use' })
  service: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_secret_use' })
  purpose: string;

  @ManyToOne(() => StoredSecret, (secret) => secret.uses, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'secret_id', foreignKeyConstraintName: 'FK_secret_use_secret' })
  secret?: StoredSecret;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt: Date;
}
