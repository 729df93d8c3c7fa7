import type { Actor } from '@aether/messaging/context';
import type { Task } from '@aether/contracts/mission-schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Make a plan for a mission: asked again after a crash, since its owner takes one plan only. */
export interface PlanWork {
  readonly kind: 'plan';
  readonly missionId: string;
  readonly comment: string | null;
  readonly tasks: readonly Task[];
}

/** Answer a person: never begun twice, since Jason may have acted already. */
export interface AnswerWork {
  readonly kind: 'answer';
  readonly conversationId: string;
  readonly messageId: string;
  /** On whose behalf he acts. */
  readonly actor: Actor;
}

/** Every task of a mission has ended: report what came of it. */
export interface ReportWork {
  readonly kind: 'report';
  readonly missionId: string;
}

/** Work that waits for the language model. A holder renews its lease; after a crash another takes the job over. */
@Entity('jason_job')
@Index('IDX_jason_job_lease', ['leaseUntil'])
export class JasonJob {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_jason_job' })
  id: string;

  @Column('jsonb')
  work: PlanWork | AnswerWork | ReportWork;

  @Column('text', { name: 'correlation_id' })
  correlationId: string;

  /** How often it was taken; above 1 a holder died over it. */
  @Column('integer')
  taken: number;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
