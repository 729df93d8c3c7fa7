import { randomBytes } from 'node:crypto';
import type { ApiKey } from '@aether/contracts/identity';
import type { Permission } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { newToken } from '../tokens.js';

const KEY = /^(aek_[0-9a-f]{12})_([\w-]{43})$/;

export interface KeyParts {
  readonly prefix: string;
  readonly secret: string;
}

/** `aek_<prefix>_<secret>`: the prefix finds the row, the secret proves the holder. */
export function makeKey(): KeyParts {
  return { prefix: `aek_${randomBytes(6).toString('hex')}`, secret: newToken() };
}

export function parseKey(key: string): KeyParts | null {
  const [, prefix, secret] = KEY.exec(key) ?? [];
  return prefix && secret ? { prefix, secret } : null;
}

@Entity('api_key')
@Index('UQ_api_key_prefix', ['prefix'], { unique: true })
@Index('IX_api_key_owner_id', ['ownerId'])
@Index('IX_api_key_created_by', ['createdBy'])
export class StoredApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_api_key' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  role: Role;

  /** Null: everything that the role may. */
  @Column('text', { array: true, nullable: true })
  scopes: Permission[] | null;

  @Column('text')
  prefix: string;

  @Column('bytea', { name: 'secret_hash' })
  secretHash: Buffer;

  /** A person, or the key it was made with. */
  @Column('uuid', { name: 'created_by' })
  createdBy: string;

  /** The person at the end of that line. */
  @Column('uuid', { name: 'owner_id' })
  ownerId: string;

  @Column('uuid', { name: 'replaced_by', nullable: true })
  replacedBy: string | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  static create(
    fields: Pick<
      StoredApiKey,
      | 'id'
      | 'name'
      | 'role'
      | 'scopes'
      | 'prefix'
      | 'secretHash'
      | 'createdBy'
      | 'ownerId'
      | 'createdAt'
      | 'expiresAt'
    >,
  ): StoredApiKey {
    return Object.assign(new StoredApiKey(), {
      ...fields,
      revokedAt: null,
      replacedBy: null,
      lastUsedAt: null,
    });
  }

  isUsable(now: Date): boolean {
    return !this.revokedAt && (!this.expiresAt || now < this.expiresAt);
  }

  /** Another key takes its place; this one goes on until `endsAt`, but no longer than it would have. */
  replace(by: string, endsAt: Date): void {
    if (this.replacedBy || this.revokedAt)
      throw new Error('only a running key can be replaced, and only once');
    this.replacedBy = by;
    if (!this.expiresAt || endsAt < this.expiresAt) this.expiresAt = endsAt;
  }

  toApiKey(): ApiKey {
    return {
      id: this.id,
      name: this.name,
      role: this.role,
      scopes: this.scopes,
      prefix: this.prefix,
      createdBy: this.createdBy,
      ownerId: this.ownerId,
      createdAt: this.createdAt.toISOString(),
      expiresAt: this.expiresAt?.toISOString() ?? null,
      revokedAt: this.revokedAt?.toISOString() ?? null,
      lastUsedAt: this.lastUsedAt?.toISOString() ?? null,
      replacedBy: this.replacedBy,
    };
  }
}
