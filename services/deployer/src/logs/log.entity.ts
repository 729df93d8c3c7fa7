import type { LogLine } from '@aether/contracts/deployer';
import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** A sequence number outgrows 32 bits in weeks of a talkative agent, never 53 bits. */
const asNumber: ValueTransformer = { to: (value: unknown) => value, from: (value: string) => Number(value) };

@Entity('log_line')
export class LogLineRow {
  @PrimaryColumn('uuid', { name: 'deployment_id', primaryKeyConstraintName: 'PK_log_line' })
  deploymentId: string;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'PK_log_line', transformer: asNumber })
  seq: number;

  @Column('text')
  source: LogLine['source'];

  @Column('text')
  level: LogLine['level'];

  @Column('text')
  text: string;

  /** Of no use to a reader who did not ask for everything. */
  @Column('boolean')
  noise: boolean;

  @Column('timestamptz')
  at: Date;
}

/** How far a deployment's log has come: the last sequence number, and the place in the runtime's output behind it. */
@Entity('log_cursor')
export class LogCursorRow {
  @PrimaryColumn('uuid', { name: 'deployment_id', primaryKeyConstraintName: 'PK_log_cursor' })
  deploymentId: string;

  @Column('bigint', { name: 'last_seq', transformer: asNumber })
  lastSeq: number;

  @Column('text')
  position: string;
}
