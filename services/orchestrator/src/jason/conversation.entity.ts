import type { Conversation } from '@aether/contracts/jason';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('conversation')
@Index('IDX_conversation_person', ['createdBy', 'id'])
export class ConversationRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_conversation' })
  id: string;

  @Column('text')
  title: string;

  @Column('uuid', { name: 'mission_id', nullable: true })
  missionId: string | null;

  /** Sequence number of its last message. */
  @Column('integer', { name: 'last_seq' })
  lastSeq: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** Nobody else reads it, so events about it are not shown to others. */
  get visibility(): 'private' {
    return 'private';
  }

  reply(): Conversation {
    return {
      id: this.id,
      title: this.title,
      missionId: this.missionId,
      createdBy: this.createdBy,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
