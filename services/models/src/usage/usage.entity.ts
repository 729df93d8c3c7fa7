import type { UsageRecord } from '@aether/contracts/models';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One model call and what it took. Written once, never changed. */
@Entity('usage')
@Index('IDX_usage_deployment_id', ['deploymentId', 'id'])
@Index('IDX_usage_at', ['at'])
@Index('IDX_usage_mission_id', ['missionId'])
@Index('IDX_usage_session', ['deploymentId', 'session'])
@Index('IDX_usage_response_id', ['responseId'])
export class Usage {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_usage' })
  id: string;

  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('uuid', { name: 'virtual_key_id' })
  virtualKeyId: string;

  @Column('uuid', { name: 'mission_id', nullable: true })
  missionId: string | null;

  @Column('text', { nullable: true })
  session: string | null;

  @Column('text', { name: 'response_id', nullable: true })
  responseId: string | null;

  @Column('text')
  model: string;

  @Column('text', { nullable: true })
  provider: string | null;

  /** Null: the price was not known. */
  @Column('double precision', { name: 'cost_usd', nullable: true })
  costUsd: number | null;

  @Column('boolean')
  demo: boolean;

  @Column('int', { name: 'input_tokens' })
  inputTokens: number;

  @Column('int', { name: 'cached_input_tokens' })
  cachedInputTokens: number;

  @Column('int', { name: 'output_tokens' })
  outputTokens: number;

  @Column('boolean')
  estimated: boolean;

  @Column('text')
  outcome: UsageRecord['outcome'];

  @Column('int', { name: 'duration_ms' })
  durationMs: number;

  @Column('timestamptz')
  at: Date;
}
