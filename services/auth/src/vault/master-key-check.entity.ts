import { Column, Entity, PrimaryColumn } from 'typeorm';
import { SealedColumns } from './sealed.entity.js';

/** A known text sealed at the first boot: a master key that does not open it is the wrong one. */
@Entity('master_key_check')
export class MasterKeyCheck {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_master_key_check' })
  id: string;

  @Column(() => SealedColumns, { prefix: false })
  sealed: SealedColumns;
}
