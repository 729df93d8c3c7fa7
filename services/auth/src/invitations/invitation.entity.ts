import type { Invitation } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { sha256 } from '../tokens.js';

const HOUR_MS = 3_600_000;

/** A link that makes one account, once. */
@Entity('invitation')
@Index('UQ_invitation_token_hash', ['tokenHash'], { unique: true })
@Index('IX_invitation_email', ['email'])
export class StoredInvitation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_invitation' })
  id: string;

  @Column('text')
  email: string;

  @Column('text')
  role: Role;

  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('uuid', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'accepted_at', nullable: true })
  acceptedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  static issue(
    fields: Pick<StoredInvitation, 'email' | 'role' | 'createdBy'> & { token: string; validH: number },
    now: Date,
  ): StoredInvitation {
    const { token, validH, ...rest } = fields;
    return Object.assign(new StoredInvitation(), {
      ...rest,
      id: newId(),
      tokenHash: sha256(token),
      createdAt: now,
      expiresAt: new Date(now.getTime() + validH * HOUR_MS),
      acceptedAt: null,
      revokedAt: null,
    });
  }

  isOpen(now: Date): boolean {
    return this.acceptedAt === null && this.revokedAt === null && now < this.expiresAt;
  }

  /** To be called while it is open. */
  accept(now: Date): void {
    if (!this.isOpen(now)) throw new Error('only an open invitation can be accepted');
    this.acceptedAt = now;
  }

  /** False where it was used or withdrawn before. */
  revoke(now: Date): boolean {
    if (this.acceptedAt || this.revokedAt) return false;
    this.revokedAt = now;
    return true;
  }

  toInvitation(): Invitation {
    return {
      id: this.id,
      email: this.email,
      role: this.role,
      createdBy: this.createdBy,
      createdAt: this.createdAt.toISOString(),
      expiresAt: this.expiresAt.toISOString(),
      acceptedAt: this.acceptedAt?.toISOString() ?? null,
      revokedAt: this.revokedAt?.toISOString() ?? null,
    };
  }
}
