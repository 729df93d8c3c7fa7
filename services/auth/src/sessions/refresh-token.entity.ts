import { newId } from '@aether/messaging/id';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { sha256 } from '../tokens.js';
import { Session } from './session.entity.js';

const IDLE_MS = 30 * 24 * 3_600_000;

@Entity('refresh_token')
@Index('UQ_refresh_token_hash', ['tokenHash'], { unique: true })
@Index('IX_refresh_token_session_id', ['sessionId'])
export class RefreshToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_refresh_token' })
  id: string;

  @Column('uuid', { name: 'session_id' })
  sessionId: string;

  @ManyToOne(() => Session, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'FK_refresh_token_session' })
  session?: Session;

  /** The token this one was given for; null for the first of a session. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId: string | null;

  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** When it was first exchanged for a successor. */
  @Column('timestamptz', { name: 'exchanged_at', nullable: true })
  exchangedAt: Date | null;

  /** When another successor of its parent was exchanged, so that this one no longer may be. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;

  static issue(fields: {
    token: string;
    session: Session;
    parentId: string | null;
    now: Date;
  }): RefreshToken {
    const { token, session, parentId, now } = fields;
    return Object.assign(new RefreshToken(), {
      id: newId(),
      sessionId: session.id,
      parentId,
      tokenHash: sha256(token),
      expiresAt: new Date(Math.min(now.getTime() + IDLE_MS, session.expiresAt.getTime())),
      exchangedAt: null,
      retiredAt: null,
    });
  }
}
