import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event written in the transaction of the state it tells of, until the relay has published it. */
@Entity('outbox')
export class OutboxRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  subject: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @Column('jsonb')
  payload: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}

/** An event that a handler has taken effect of: at-least-once delivery, effect once. */
@Entity('inbox')
export class InboxRow {
  @PrimaryColumn('text', { name: 'event_id' })
  eventId: string;

  @PrimaryColumn('text')
  handler: string;

  @Column('timestamptz', { name: 'handled_at', default: () => 'now()' })
  handledAt: Date;
}

/** An event a consumer gave up on, whole, so that it can be replayed. */
@Entity('dead_letter')
@Index('UQ_dead_letter_event_handler', ['eventId', 'handler'], { unique: true })
export class DeadLetterRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'event_id' })
  eventId: string;

  @Column('text')
  subject: string;

  @Column('text')
  stream: string;

  @Column('bigint', { name: 'stream_seq' })
  streamSeq: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @Column('jsonb', { nullable: true })
  payload: unknown;

  @Column('text')
  handler: string;

  @Column('text')
  error: string;

  @Column('int')
  attempts: number;

  @Column('timestamptz', { name: 'failed_at', default: () => 'now()' })
  failedAt: Date;

  @Column('timestamptz', { name: 'replayed_at', nullable: true })
  replayedAt: Date | null;
}

/** What a request with an idempotency key answered, to answer the same again. */
@Entity('idempotency')
export class IdempotencyRow {
  @PrimaryColumn('text', { name: 'actor_id' })
  actorId: string;

  @PrimaryColumn('text')
  subject: string;

  @PrimaryColumn('text')
  key: string;

  @Column('text')
  digest: string;

  @Column('jsonb', { nullable: true })
  reply: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}

/** The tables every service has beside its own. */
export const messagingTables = [OutboxRow, InboxRow, DeadLetterRow, IdempotencyRow];
