import type { HistoryEntry } from '@aether/contracts/mission-history';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One change of a mission or of its tasks. Written under the mission's lock, so that `seq` is its order; never changed. */
@Entity('history_entry')
@Index('IDX_history_entry_mission_id', ['missionId', 'seq'])
export class HistoryRow {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'PK_history_entry',
    generated: 'identity',
    generatedIdentity: 'BY DEFAULT',
  })
  seq: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;

  @Column('jsonb')
  change: HistoryEntry['change'];

  @Column('timestamptz')
  at: Date;

  reply(): HistoryEntry {
    return { seq: Number(this.seq), at: this.at.toISOString(), change: this.change };
  }
}
