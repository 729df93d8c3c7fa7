import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A session of a deployment that works for a mission. */
@Entity('mission_session')
@Index('IDX_mission_session_mission_id', ['missionId'])
export class MissionSession {
  @PrimaryColumn('uuid', { name: 'deployment_id', primaryKeyConstraintName: 'PK_mission_session' })
  deploymentId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_mission_session' })
  session: string;

  @Column('uuid', { name: 'mission_id' })
  missionId: string;
}
