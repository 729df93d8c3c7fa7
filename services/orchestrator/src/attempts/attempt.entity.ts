import type { Attempt, AttemptState } from '@aether/contracts/execution';
import type { Mission, Receipt, StateReason, Task } from '@aether/contracts/mission-schemas';
import type { Visibility } from '@aether/contracts/schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the task was when it was claimed, with what it builds on. */
export interface Packet {
  readonly task: Task;
  readonly mission: Mission;
  readonly dependencies: readonly Task[];
}

/** How an attempt ends; `release` says what becomes of its task where the attempt still has it. */
export interface Ending {
  readonly state: Extract<AttemptState, 'accepted' | 'sent-back' | 'failed' | 'abandoned'>;
  readonly reason: StateReason | null;
  readonly release?: { readonly outcome: 'again' | 'failed'; readonly lesson: string | null };
}

@Entity('attempt')
@Index('IDX_attempt_task', ['taskId'])
@Index('IDX_attempt_mission', ['missionId', 'id'])
// By a field of `agent`, which only the migration can say.
@Index('IDX_attempt_agent', { synchronize: false })
@Index('UQ_attempt_open', ['taskId'], { unique: true, where: '(finished_at IS NULL)' })
@Index('UQ_attempt_token', ['token'], { unique: true })
@Index('IDX_attempt_due', ['dueAt'], { where: '(finished_at IS NULL)' })
@Index('IDX_attempt_rescue', ['finishedAt'], { where: '(rescue_ref IS NOT NULL)' })
export class AttemptRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_attempt' })
  id: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;

  @Column('uuid', { name: 'task_id' })
  taskId: string;

  /** Grows with each attempt at the task, and so is its fence. */
  @Column('integer')
  number: number;

  @Column('jsonb')
  agent: Attempt['agent'];

  @Column('jsonb')
  choice: string[];

  @Column('text')
  state: AttemptState;

  @Column('jsonb', { nullable: true })
  packet: Packet | null;

  /** Work of an earlier attempt that conflicted, to be merged in this one. */
  @Column('text', { name: 'conflicting_commit', nullable: true })
  conflictingCommit: string | null;

  @Column('text', { name: 'waits_for', nullable: true })
  waitsFor: string | null;

  @Column('timestamptz', { name: 'deadline_at', nullable: true })
  deadlineAt: Date | null;

  @Column('text', { nullable: true })
  directory: string | null;

  @Column('text', { nullable: true })
  branch: string | null;

  @Column('text', { nullable: true })
  base: string | null;

  @Column('text', { nullable: true })
  commit: string | null;

  @Column('text', { name: 'rescue_ref', nullable: true })
  rescueRef: string | null;

  @Column('jsonb')
  ports: number[];

  @Column('uuid', { name: 'chat_id', nullable: true })
  chatId: string | null;

  /** The message whose reply is awaited: the first has the attempt's own id. */
  @Column('uuid', { name: 'message_id', nullable: true })
  messageId: string | null;

  /** Lets its agent use Aether's tools, and git, for this attempt alone. */
  @Column('text')
  token: string;

  /** Asked by the agent through its tool, and put to a person when its turn ends. */
  @Column('text', { nullable: true })
  question: string | null;

  /** What its agent has done so far that others are told of. */
  @Column('integer')
  acts: number;

  /** A person's answer that was not passed on yet. */
  @Column('text', { nullable: true })
  answer: string | null;

  @Column('text', { nullable: true })
  verdict: 'accept' | 'send-back' | null;

  /** Why somebody wants it stopped. */
  @Column('jsonb', { nullable: true })
  stop: StateReason | null;

  @Column('jsonb', { nullable: true })
  receipt: Receipt | null;

  @Column('jsonb', { nullable: true })
  ending: Ending | null;

  /** Of its mission: who may see it. */
  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('text')
  visibility: Visibility;

  @Column('text', { name: 'correlation_id' })
  correlationId: string;

  /** When there is something to do; null while it waits for an event. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt: Date | null;

  /** Counts what happened to it from outside, so that nothing is slept through. */
  @Column('integer')
  nudges: number;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  /** How often it was taken: fences off an instance whose lease ran out. */
  @Column('integer')
  taken: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** The packet, which every state but `claiming` has. */
  get claimed(): Packet {
    if (!this.packet) throw new Error(`attempt ${this.id} is ${this.state} and was never claimed`);
    return this.packet;
  }

  get shortId(): string {
    return this.id.slice(-12);
  }

  reply(): Attempt {
    return {
      id: this.id,
      missionId: this.missionId,
      taskId: this.taskId,
      number: this.number,
      agent: this.agent,
      choice: this.choice,
      state: this.state,
      reason: this.ending?.reason ?? null,
      waitsFor: this.waitsFor,
      deadlineAt: this.deadlineAt?.toISOString() ?? null,
      chatId: this.chatId,
      directory: this.directory,
      branch: this.branch,
      base: this.base,
      commit: this.commit,
      rescueRef: this.rescueRef,
      ports: this.ports,
      receipt: this.receipt,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
      finishedAt: this.finishedAt?.toISOString() ?? null,
    };
  }
}
