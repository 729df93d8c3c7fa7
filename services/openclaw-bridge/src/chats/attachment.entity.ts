import type { Attachment } from '@aether/contracts/openclaw';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

@Entity('attachment')
@Index('IDX_attachment_chat', ['chatId'])
@Index('IDX_attachment_unsent', ['touchedAt'], { where: '(message_id IS NULL)' })
export class AttachmentRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_attachment' })
  id: string;

  @Column('uuid', { name: 'chat_id' })
  chatId: string;

  /** Null until it is sent. */
  @Column('uuid', { name: 'message_id', nullable: true })
  messageId: string | null;

  @Column('text')
  name: string;

  @Column('text', { name: 'media_type' })
  mediaType: string;

  @Column('boolean', { name: 'is_picture' })
  isPicture: boolean;

  @Column('int')
  bytes: number;

  /** How many of the bytes are there. */
  @Column('int')
  received: number;

  /** Once all of it is there. */
  @Column('text', { nullable: true })
  sha256: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  /** When something of it last came. */
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt: Date;

  reply(): Attachment {
    const { id, name, mediaType, bytes, isPicture } = this;
    return { id, name, mediaType, bytes, isPicture };
  }
}

@Entity('attachment_piece')
export class AttachmentPieceRow {
  @PrimaryColumn('uuid', { name: 'attachment_id', primaryKeyConstraintName: 'PK_attachment_piece' })
  attachmentId: string;

  @PrimaryColumn('int', { name: 'begins_at', primaryKeyConstraintName: 'PK_attachment_piece' })
  beginsAt: number;

  @Column('bytea')
  content: Buffer;

  @ManyToOne(() => AttachmentRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'attachment_id', foreignKeyConstraintName: 'FK_attachment_piece' })
  attachment?: AttachmentRow;
}
