import type { Receipt, StateReason, Task, TaskState } from '@aether/contracts/mission-schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Each state and where a task may go from it. */
const transitions: Readonly<Record<TaskState, readonly TaskState[]>> = {
  waiting: ['running', 'cancelled'],
  running: ['asking', 'reported', 'waiting', 'failed', 'cancelled'],
  asking: ['running', 'waiting', 'failed', 'cancelled'],
  reported: ['accepted', 'waiting', 'failed', 'cancelled'],
  accepted: [],
  failed: ['waiting', 'cancelled'],
  cancelled: ['waiting'],
};

@Entity('task')
@Index('UQ_task_key', ['missionId', 'key'], { unique: true })
@Index('IDX_task_state', ['state'])
@Index('IDX_task_deadline_at', ['deadlineAt'])
export class TaskRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_task' })
  id: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;

  @Column('text')
  key: string;

  @Column('text')
  kind: Task['kind'];

  @Column('text')
  title: string;

  @Column('text')
  instructions: string;

  @Column('jsonb')
  requires: string[];

  @Column('jsonb')
  prefers: string[];

  @Column('jsonb')
  checks: Task['checks'];

  @Column('integer', { name: 'estimate_minutes' })
  estimateMinutes: number;

  /** Ids of tasks of the same mission. */
  @Column('uuid', { name: 'depends_on', array: true })
  dependsOn: string[];

  @Column('text')
  state: TaskState;

  @Column('jsonb', { nullable: true })
  reason: StateReason | null;

  @Column('text', { name: 'waits_for', nullable: true })
  waitsFor: string | null;

  @Column('timestamptz', { name: 'deadline_at', nullable: true })
  deadlineAt: Date | null;

  /** Seconds an attempt was given at its claim; given again with each answer. */
  @Column('integer', { name: 'work_s', nullable: true })
  workS: number | null;

  @Column('timestamptz', { name: 'running_since', nullable: true })
  runningSince: Date | null;

  @Column('integer')
  attempts: number;

  @Column('uuid', { name: 'attempt_id', nullable: true })
  attemptId: string | null;

  /** Of the attempt's owner; what comes with a lower one is refused. */
  @Column('integer')
  fence: number;

  /** The attempt whose work a person has accepted. */
  @Column('uuid', { name: 'approved_attempt_id', nullable: true })
  approvedAttemptId: string | null;

  @Column('text', { name: 'agent_name', nullable: true })
  agentName: string | null;

  @Column('jsonb')
  feedback: string[];

  @Column('jsonb', { nullable: true })
  receipt: Receipt | null;

  @Column('integer', { name: 'chain_minutes' })
  chainMinutes: number;

  @Column('integer')
  version: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  canBecome(state: TaskState): boolean {
    return transitions[this.state].includes(state);
  }

  /** Every check of the reported work ended with 0, and nothing was left uncommitted. */
  get isProven(): boolean {
    return (
      this.receipt !== null &&
      this.receipt.cleanTree &&
      this.receipt.checks.every(({ exitCode }) => exitCode === 0)
    );
  }

  /** Moves to a state; throws on a transition that is not allowed. */
  become(
    state: TaskState,
    {
      reason = null,
      waitsFor = null,
      deadlineAt = null,
    }: Partial<Pick<TaskRow, 'reason' | 'waitsFor' | 'deadlineAt'>> = {},
  ): void {
    if (!this.canBecome(state)) throw new Error(`a task that is ${this.state} cannot become ${state}`);
    this.state = state;
    this.reason = reason;
    this.waitsFor = waitsFor;
    this.deadlineAt = deadlineAt;
  }

  reply(): Task {
    return {
      id: this.id,
      missionId: this.missionId,
      key: this.key,
      kind: this.kind,
      title: this.title,
      instructions: this.instructions,
      requires: this.requires,
      prefers: this.prefers,
      checks: this.checks,
      estimateMinutes: this.estimateMinutes,
      dependsOn: this.dependsOn,
      state: this.state,
      reason: this.reason,
      waitsFor: this.waitsFor,
      deadlineAt: this.deadlineAt?.toISOString() ?? null,
      attempts: this.attempts,
      attemptId: this.attemptId,
      agentName: this.agentName,
      feedback: this.feedback,
      receipt: this.receipt,
      chainMinutes: this.chainMinutes,
      version: this.version,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
