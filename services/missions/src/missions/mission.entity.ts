import type { Mission, MissionState, StateReason, TaskState } from '@aether/contracts/mission-schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Each state and where a mission may go from it. What is not listed is refused. */
const transitions: Readonly<Record<MissionState, readonly MissionState[]>> = {
  draft: ['planning', 'running', 'cancelled'],
  planning: ['draft', 'proposed', 'running', 'cancelled'],
  proposed: ['planning', 'running', 'draft', 'cancelled'],
  running: ['paused', 'finishing', 'cancelled'],
  paused: ['running', 'cancelled'],
  finishing: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** What a mission waits for in a state, and until when. */
export interface Wait {
  readonly waitsFor: string;
  readonly deadlineAt: Date;
}

@Entity('mission')
@Index('IDX_mission_state', ['state'])
@Index('IDX_mission_hidden', ['createdBy'], { where: `(visibility <> 'open'::text)` })
export class MissionRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_mission' })
  id: string;

  @Column('text')
  title: string;

  @Column('text')
  goal: string;

  @Column('text', { nullable: true })
  repository: string | null;

  @Column('text', { name: 'base_branch', nullable: true })
  baseBranch: string | null;

  @Column('text')
  priority: Mission['priority'];

  @Column('jsonb')
  labels: string[];

  @Column('text')
  autonomy: Mission['autonomy'];

  @Column('text')
  acceptance: Mission['acceptance'];

  @Column('boolean', { name: 'deploy_missing' })
  deployMissing: boolean;

  @Column('jsonb')
  checks: Mission['checks'];

  @Column('jsonb')
  workspace: Mission['workspace'];

  @Column('jsonb')
  budget: Mission['budget'];

  @Column('bigint', { name: 'spent_tokens', transformer: { to: (value: number) => value, from: Number } })
  spentTokens: number;

  @Column('double precision', { name: 'spent_usd' })
  spentUsd: number;

  @Column('integer', { name: 'spent_attempts' })
  spentAttempts: number;

  @Column('text')
  state: MissionState;

  @Column('jsonb', { nullable: true })
  reason: StateReason | null;

  @Column('text', { name: 'waits_for', nullable: true })
  waitsFor: string | null;

  @Column('timestamptz', { name: 'deadline_at', nullable: true })
  deadlineAt: Date | null;

  @Column('jsonb')
  tasks: Record<TaskState, number>;

  @Column('text', { nullable: true })
  report: string | null;

  @Column('text')
  delivery: Mission['delivery'];

  @Column('text', { name: 'delivered_to', nullable: true })
  deliveredTo: string | null;

  @Column('text')
  visibility: Mission['visibility'];

  /** Sequence number of the last entry of its thread. */
  @Column('integer', { name: 'last_seq' })
  lastSeq: number;

  @Column('integer')
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  get isFinal(): boolean {
    return transitions[this.state].length === 0;
  }

  /** True while tasks may be added, changed and removed. */
  get canBeEdited(): boolean {
    return !this.isFinal && this.state !== 'planning' && this.state !== 'finishing';
  }

  canBecome(state: MissionState): boolean {
    return transitions[this.state].includes(state);
  }

  /** Moves to a state that is left by somebody or something; throws on a transition that is not allowed. */
  wait(state: MissionState, wait: Wait, reason: StateReason | null = null): void {
    this.become(state);
    this.reason = reason;
    this.waitsFor = wait.waitsFor;
    this.deadlineAt = wait.deadlineAt;
  }

  end(
    state: 'completed' | 'failed' | 'cancelled',
    { at, reason }: { at: Date; reason: StateReason | null },
  ): void {
    this.become(state);
    this.reason = reason;
    this.waitsFor = null;
    this.deadlineAt = null;
    this.finishedAt = at;
  }

  private become(state: MissionState): void {
    if (!this.canBecome(state)) throw new Error(`a mission that is ${this.state} cannot become ${state}`);
    this.state = state;
  }

  reply(): Mission {
    const until = this.finishedAt ?? new Date();
    return {
      id: this.id,
      title: this.title,
      goal: this.goal,
      repository: this.repository,
      baseBranch: this.baseBranch,
      branch: this.repository === null ? null : `aether/${this.id.slice(-12)}`,
      priority: this.priority,
      labels: this.labels,
      autonomy: this.autonomy,
      acceptance: this.acceptance,
      deployMissing: this.deployMissing,
      checks: this.checks,
      workspace: this.workspace,
      budget: this.budget,
      spend: {
        tokens: this.spentTokens,
        costUsd: this.spentUsd,
        wallMinutes: this.startedAt ? (until.getTime() - this.startedAt.getTime()) / 60_000 : 0,
        attempts: this.spentAttempts,
      },
      state: this.state,
      reason: this.reason,
      waitsFor: this.waitsFor,
      deadlineAt: this.deadlineAt?.toISOString() ?? null,
      tasks: this.tasks,
      report: this.report,
      delivery: this.delivery,
      deliveredTo: this.deliveredTo,
      visibility: this.visibility,
      version: this.version,
      createdBy: this.createdBy,
      createdAt: this.createdAt.toISOString(),
      startedAt: this.startedAt?.toISOString() ?? null,
      finishedAt: this.finishedAt?.toISOString() ?? null,
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
