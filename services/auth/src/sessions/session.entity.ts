import type { ClientInfo, SessionEnd, SessionMethod, SessionView } from '@aether/contracts/identity';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserAccount } from '../users/user.entity.js';

const LIFETIME_MS = 90 * 24 * 3_600_000;

/** One sign-in and all refresh tokens that descend from it: they end together. */
@Entity('session')
@Index('IX_session_user_id', ['userId'])
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_session' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => UserAccount, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_session_user' })
  user?: UserAccount;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_because', nullable: true })
  revokedBecause: SessionEnd | null;

  @Column('text')
  method: SessionMethod;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt: Date;

  static open(
    {
      id,
      userId,
      method,
      client,
    }: { id: string; userId: string; method: SessionMethod; client?: ClientInfo },
    now: Date,
  ): Session {
    return Object.assign(new Session(), {
      id,
      userId,
      method,
      address: client?.address ?? null,
      userAgent: client?.userAgent ?? null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
      revokedAt: null,
      revokedBecause: null,
    });
  }

  isOver(now: Date): boolean {
    return this.revokedAt !== null || now >= this.expiresAt;
  }

  toView(currentId: string | undefined): SessionView {
    const { id, userId, method, address, userAgent } = this;
    return {
      id,
      userId,
      method,
      address,
      userAgent,
      createdAt: this.createdAt.toISOString(),
      lastUsedAt: this.lastUsedAt.toISOString(),
      expiresAt: this.expiresAt.toISOString(),
      current: id === currentId,
    };
  }

  /** False where it was over already: then there is nothing to tell. */
  revoke(because: SessionEnd, now: Date): boolean {
    if (this.isOver(now)) return false;
    this.revokedAt = now;
    this.revokedBecause = because;
    return true;
  }
}
