import type { JasonAction, JasonMessage, JasonMessageState } from '@aether/contracts/jason';
import type { StateReason } from '@aether/contracts/mission-schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('jason_message')
@Index('UQ_jason_message_seq', ['conversationId', 'seq'], { unique: true })
@Index('UQ_jason_message_open', ['conversationId'], {
  unique: true,
  where: `(state = ANY (ARRAY['queued'::text, 'streaming'::text]))`,
})
export class JasonMessageRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_jason_message' })
  id: string;

  @Column('uuid', { name: 'conversation_id' })
  conversationId: string;

  @Column('integer')
  seq: number;

  @Column('text')
  role: JasonMessage['role'];

  @Column('text')
  text: string;

  @Column('text')
  state: JasonMessageState;

  @Column('jsonb')
  actions: JasonAction[];

  @Column('boolean')
  demo: boolean;

  @Column('jsonb', { nullable: true })
  reason: StateReason | null;

  @Column('boolean', { name: 'abort_requested' })
  abortRequested: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  get isOpen(): boolean {
    return this.state === 'queued' || this.state === 'streaming';
  }

  finish(state: Exclude<JasonMessageState, 'queued' | 'streaming'>, reason: StateReason | null): void {
    this.state = state;
    this.reason = reason;
    this.finishedAt = new Date();
  }

  reply(): JasonMessage {
    return {
      id: this.id,
      conversationId: this.conversationId,
      seq: this.seq,
      role: this.role,
      text: this.text,
      state: this.state,
      actions: this.actions,
      demo: this.demo,
      reason: this.reason,
      createdAt: this.createdAt.toISOString(),
      finishedAt: this.finishedAt?.toISOString() ?? null,
    };
  }
}
