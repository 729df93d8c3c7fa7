import { Column, Entity, Index, JoinColumn, ManyToOne, OneToOne, PrimaryColumn } from 'typeorm';
import { UserAccount } from '../users/user.entity.js';
import { SealedColumns } from '../vault/sealed.entity.js';

/** The secret shared with somebody's authenticator app; it counts once the account says that it is on. */
@Entity('second_factor')
export class SecondFactor {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'PK_second_factor' })
  userId: string;

  @OneToOne(() => UserAccount, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_second_factor_user' })
  user?: UserAccount;

  @Column(() => SealedColumns, { prefix: false })
  sealed: SealedColumns;

  /** Time step of the last code taken: neither it nor an older one is taken again. */
  @Column('int', { name: 'last_step', nullable: true })
  lastStep: number | null;
}

@Entity('recovery_code')
@Index('IX_recovery_code_user_id', ['userId'])
export class RecoveryCode {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_recovery_code' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => UserAccount, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_recovery_code_user' })
  user?: UserAccount;

  @Column('bytea', { name: 'code_hash' })
  codeHash: Buffer;
}
