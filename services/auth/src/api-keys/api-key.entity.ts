import { randomBytes } from 'node:crypto';
import type { ApiKey } from '@aether/contracts/auth';
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
export class StoredApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_api_key' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  role: Role;

  @Column('text')
  prefix: string;

  @Column('bytea', { name: 'secret_hash' })
  secretHash: Buffer;

  @Column('uuid', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  isUsable(now: Date): boolean {
    return !this.revokedAt && (!this.expiresAt || now < this.expiresAt);
  }

  /** False where it was revoked before. */
  revoke(now: Date): boolean {
    if (this.revokedAt) return false;
    this.revokedAt = now;
    return true;
  }

  toApiKey(): ApiKey {
    return {
      id: this.id,
      name: this.name,
      role: this.role,
      prefix: this.prefix,
      createdBy: this.createdBy,
      createdAt: this.createdAt.toISOString(),
      expiresAt: this.expiresAt?.toISOString() ?? null,
      revokedAt: this.revokedAt?.toISOString() ?? null,
    };
  }
}
