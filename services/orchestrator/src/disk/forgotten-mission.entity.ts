import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A mission that was deleted and of which something may still be here. */
@Entity('forgotten_mission')
export class ForgottenMissionRow {
  @PrimaryColumn('uuid', { name: 'mission_id', primaryKeyConstraintName: 'PK_forgotten_mission' })
  missionId: string;

  @Column('timestamptz')
  at: Date;
}
