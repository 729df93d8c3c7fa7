import type { Attachment, Message, MessageState, Reason, ToolCall } from '@aether/contracts/openclaw';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How a turn ended. */
export interface Outcome {
  readonly state: Extract<MessageState, 'complete' | 'aborted' | 'failed'>;
  readonly text: string;
  readonly reason: Reason | null;
}

/** Characters of messages in one answer: with all of them escaped it still fits into one frame of the bus. */
const ANSWER_MAX = 1_000_000;

/** As many of the first rows as one answer may carry; at least one. */
export function fitting(rows: readonly MessageRow[]): MessageRow[] {
  let size = 0;
  const end = rows.findIndex((row, index) => {
    size += row.text.length + JSON.stringify(row.toolCalls).length;
    return index > 0 && size > ANSWER_MAX;
  });
  return rows.slice(0, end < 0 ? rows.length : end);
}

const OPEN: readonly MessageState[] = ['queued', 'sent', 'streaming'];

@Entity('message')
@Index('UQ_message_seq', ['chatId', 'seq'], { unique: true })
// The words of finished messages; TypeORM does not know indexes of expressions.
@Index('IDX_message_words', { synchronize: false })
@Index('UQ_message_open_turn', ['chatId'], {
  unique: true,
  where: `((role = 'assistant'::text) AND (state = ANY (ARRAY['queued'::text, 'sent'::text, 'streaming'::text])))`,
})
export class MessageRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'chat_id' })
  chatId: string;

  @Column('int')
  seq: number;

  @Column('text')
  role: Message['role'];

  @Column('text')
  text: string;

  @Column('text')
  state: MessageState;

  /** Of a reply: the message it answers, whose id is the turn's idempotency key at the gateway. */
  @Column('uuid', { name: 'reply_to', nullable: true })
  replyTo: string | null;

  @Column('jsonb', { name: 'tool_calls' })
  toolCalls: ToolCall[];

  /** What it brought; the contents are in rows of their own. */
  @Column('jsonb')
  attachments: Attachment[];

  @Column('jsonb', { nullable: true })
  reason: Reason | null;

  /** Of a reply: when its turn was first handed to the gateway. */
  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  @Column('timestamptz', { name: 'abort_requested_at', nullable: true })
  abortRequestedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  get isOpen(): boolean {
    return OPEN.includes(this.state);
  }

  /** Ends the message once; false where it had ended before, whatever is said again later. */
  finish(outcome: Outcome, now: Date): boolean {
    if (!this.isOpen) return false;
    this.state = outcome.state;
    // The gateway trims what it tells at the end of a turn, and not what its history gives of the same turn.
    this.text = outcome.state === 'complete' ? outcome.text.trimEnd() : outcome.text;
    this.reason = outcome.reason;
    this.finishedAt = now;
    return true;
  }

  reply(): Message {
    return {
      id: this.id,
      chatId: this.chatId,
      seq: this.seq,
      role: this.role,
      text: this.text,
      state: this.state,
      replyTo: this.replyTo,
      toolCalls: this.toolCalls,
      attachments: this.attachments,
      reason: this.reason,
      createdAt: this.createdAt.toISOString(),
      finishedAt: this.finishedAt?.toISOString() ?? null,
    };
  }
}
