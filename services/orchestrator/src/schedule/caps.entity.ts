import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: the caps a person has set instead of the configured ones. */
@Entity('caps')
export class CapsRow {
  @PrimaryColumn('boolean', { name: 'only', primaryKeyConstraintName: 'PK_caps' })
  only: boolean;

  @Column('integer', { nullable: true })
  tasks: number | null;

  @Column('integer', { name: 'tasks_per_mission', nullable: true })
  tasksPerMission: number | null;

  @Column('integer', { name: 'attempts_per_task', nullable: true })
  attemptsPerTask: number | null;
}
