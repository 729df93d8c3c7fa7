import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A bridge process that lives until its lease runs out; what it holds is named by its id. */
@Entity('instance')
export class InstanceRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_instance' })
  id: string;

  @Column('timestamptz', { name: 'lease_until' })
  leaseUntil: Date;
}
