import type { User } from '@aether/contracts/auth';
import type { Role } from '@aether/contracts/schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('user_account')
@Index('UQ_user_account_email', ['email'], { unique: true })
export class UserAccount {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_user_account' })
  id: string;

  @Column('text')
  email: string;

  @Column('text')
  name: string;

  @Column('text')
  role: Role;

  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  toUser(): User {
    return {
      id: this.id,
      email: this.email,
      name: this.name,
      role: this.role,
      createdAt: this.createdAt.toISOString(),
    };
  }
}
