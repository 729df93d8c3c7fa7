import type { Approval } from '@aether/contracts/approvals';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('approval')
@Index('UQ_approval', ['connectionId', 'gatewayId'], { unique: true })
@Index('IDX_approval_chat', ['chatId'])
export class ApprovalRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_approval' })
  id: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('uuid', { name: 'chat_id' })
  chatId: string;

  /** What its gateway calls it. */
  @Column('text', { name: 'gateway_id' })
  gatewayId: string;

  @Column('text')
  command: string;

  @Column('text', { nullable: true })
  directory: string | null;

  /** `pending` is not told as such once it has expired. */
  @Column('text')
  state: Approval['state'];

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  stateAt(now: Date): Approval['state'] {
    return this.state === 'pending' && this.expiresAt <= now ? 'expired' : this.state;
  }

  reply(now: Date): Approval {
    return {
      id: this.id,
      chatId: this.chatId,
      connectionId: this.connectionId,
      command: this.command,
      directory: this.directory,
      state: this.stateAt(now),
      decidedBy: this.decidedBy,
      createdAt: this.createdAt.toISOString(),
      expiresAt: this.expiresAt.toISOString(),
      decidedAt: this.decidedAt?.toISOString() ?? null,
    };
  }
}
