import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One entry of a mission's thread. Written once, never changed. */
@Entity('thread_entry')
@Index('UQ_thread_entry_seq', ['missionId', 'seq'], { unique: true })
export class EntryRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_thread_entry' })
  id: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;

  @Column('integer')
  seq: number;

  @Column('uuid', { name: 'task_id', nullable: true })
  taskId: string | null;

  @Column('text')
  kind: ThreadEntry['kind'];

  @Column('jsonb')
  author: ThreadEntry['author'];

  @Column('text')
  text: string;

  @Column('jsonb', { nullable: true })
  data: ThreadEntry['data'];

  @Column('uuid', { name: 'artifact_ids', array: true, default: [] })
  artifactIds: string[];

  @Column('timestamptz')
  at: Date;

  reply(): ThreadEntry {
    return {
      id: this.id,
      seq: this.seq,
      missionId: this.missionId,
      taskId: this.taskId,
      kind: this.kind,
      author: this.author,
      text: this.text,
      data: this.data,
      artifactIds: this.artifactIds,
      at: this.at.toISOString(),
    };
  }
}
