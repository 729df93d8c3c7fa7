import type { Finding, UsageCheck as Reply } from '@aether/contracts/usage-checks';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

type Result = Pick<Reply, 'ledger' | 'gateway' | 'parts' | 'notes'>;

/** What both sides said of a chat when it was checked last, and when it is checked next. */
@Entity('usage_check')
@Index('IDX_usage_check_due_at', ['dueAt'])
@Index('IDX_usage_check_deployment_id', ['deploymentId', 'session'])
export class UsageCheckRow {
  /** Of the chat. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_usage_check' })
  id: string;

  @Column('uuid', { name: 'deployment_id', nullable: true })
  deploymentId: string | null;

  @Column('text', { nullable: true })
  session: string | null;

  /** Null while there is nothing to check. In the future also while somebody checks it, who may die meanwhile. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt: Date | null;

  /** Since the last turn. */
  @Column('int')
  attempts: number;

  @Column('timestamptz', { name: 'checked_at', nullable: true })
  checkedAt: Date | null;

  @Column('text', { nullable: true })
  cause: string | null;

  @Column('text', { nullable: true })
  finding: Finding | null;

  @Column('jsonb', { nullable: true })
  result: Result | null;

  reply(): Reply {
    return {
      id: this.id,
      deploymentId: this.deploymentId,
      session: this.session,
      state: this.dueAt ? 'waiting' : this.cause === null ? 'checked' : 'given_up',
      finding: this.finding,
      ...(this.result ?? UNKNOWN),
      cause: this.cause,
      checkedAt: this.checkedAt?.toISOString() ?? null,
    };
  }
}

const none = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
const UNKNOWN: Result = {
  ledger: none,
  gateway: none,
  parts: { equal: none, recounted: none, unfinished: none, untold: none, lost: none, elsewhere: none },
  notes: [],
};
