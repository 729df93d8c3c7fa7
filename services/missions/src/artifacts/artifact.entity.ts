import type { Artifact } from '@aether/contracts/mission-artifacts';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

const bigint = { to: (value: number) => value, from: Number };

/** What the store holds, or is about to: written before the content and removed after it, so that none is forgotten. */
@Entity('artifact_content')
@Index('IDX_artifact_content_touched_at', ['touchedAt'])
export class ArtifactContentRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_artifact_content' })
  sha256: string;

  /** When somebody last meant to refer to it. */
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt: Date;
}

@Entity('artifact')
@Index('IDX_artifact_mission_id', ['missionId'])
@Index('IDX_artifact_sha256', ['sha256'])
export class ArtifactRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_artifact' })
  id: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;

  @Column('uuid', { name: 'task_id', nullable: true })
  taskId: string | null;

  @Column('uuid', { name: 'attempt_id', nullable: true })
  attemptId: string | null;

  @Column('text')
  name: string;

  @Column('text', { name: 'media_type' })
  mediaType: string;

  @Column('text')
  kind: Artifact['kind'];

  @Column('bigint', { transformer: bigint })
  bytes: number;

  @Column('text')
  sha256: string;

  @ManyToOne(() => ArtifactContentRow)
  @JoinColumn({ name: 'sha256', foreignKeyConstraintName: 'FK_artifact_content' })
  content?: ArtifactContentRow;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  reply(): Artifact {
    const { id, missionId, taskId, attemptId, name, mediaType, kind, bytes, sha256 } = this;
    const createdAt = this.createdAt.toISOString();
    return { id, missionId, taskId, attemptId, name, mediaType, kind, bytes, sha256, createdAt };
  }
}

/** Part of an artifact that is still being sent; any instance may take the next one. */
@Entity('artifact_piece')
@Index('IDX_artifact_piece_at', ['at'])
export class ArtifactPieceRow {
  @PrimaryColumn('uuid', { name: 'artifact_id', primaryKeyConstraintName: 'PK_artifact_piece' })
  artifactId: string;

  @PrimaryColumn('bigint', {
    name: 'begins_at',
    transformer: bigint,
    primaryKeyConstraintName: 'PK_artifact_piece',
  })
  beginsAt: number;

  @Column('bigint', { name: 'ends_at', transformer: bigint })
  endsAt: number;

  @Column('bytea')
  content: Buffer;

  @Column('timestamptz')
  at: Date;
}
