import type { PoolAgent, Workplace } from '@aether/contracts/execution';
import { RESTING } from '../attempts/resting.js';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** SQL over `row`: what a pool agent is at. Work that waits for somebody else leaves its agent idle. */
export const AGENT_STATE = `
  CASE
    WHEN NOT row.enabled THEN 'disabled'
    WHEN NOT row.online THEN 'offline'
    WHEN EXISTS (
      SELECT 1 FROM attempt
      WHERE attempt.finished_at IS NULL AND attempt.agent ->> 'id' = row.id::text
        AND attempt.state NOT IN (${RESTING.map((state) => `'${state}'`).join(', ')})
    ) THEN 'working'
    ELSE 'idle'
  END`;

@Entity('pool_agent')
@Index('UQ_pool_agent', ['deploymentId', 'agentId'], { unique: true })
export class PoolAgentRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_pool_agent' })
  id: string;

  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('text', { name: 'agent_id' })
  agentId: string;

  @Column('text')
  name: string;

  /** What its deployment says it can do. */
  @Column('jsonb', { name: 'given_capabilities' })
  givenCapabilities: string[];

  /** What its gateway says it is ready to do. */
  @Column('jsonb', { name: 'reported_capabilities' })
  reportedCapabilities: string[];

  /** What a person says instead of both. */
  @Column('jsonb', { name: 'edited_capabilities', nullable: true })
  editedCapabilities: string[] | null;

  /** What its deployment makes it, and what a person says instead. */
  @Column('text', { name: 'given_workplace' })
  givenWorkplace: Workplace;

  @Column('text', { name: 'edited_workplace', nullable: true })
  editedWorkplace: Workplace | null;

  @Column('boolean')
  enabled: boolean;

  @Column('boolean')
  online: boolean;

  @Column('integer')
  concurrency: number;

  @Column('integer')
  accepted: number;

  @Column('integer')
  failed: number;

  @Column('double precision', { name: 'cost_usd' })
  costUsd: number;

  /** Accepted and failed attempts at tasks that need a capability, by its name. */
  @Column('jsonb')
  record: Record<string, { accepted: number; failed: number }>;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  get capabilities(): string[] {
    return this.editedCapabilities ?? [...new Set([...this.givenCapabilities, ...this.reportedCapabilities])];
  }

  get workplace(): Workplace {
    return this.editedWorkplace ?? this.givenWorkplace;
  }

  reply(load: number): PoolAgent {
    return {
      id: this.id,
      deploymentId: this.deploymentId,
      agentId: this.agentId,
      name: this.name,
      capabilities: this.capabilities,
      capabilitiesEdited: this.editedCapabilities !== null,
      reported: this.reportedCapabilities,
      workplace: this.workplace,
      enabled: this.enabled,
      online: this.online,
      concurrency: this.concurrency,
      load,
      accepted: this.accepted,
      failed: this.failed,
      costUsd: this.costUsd,
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
