import type { User } from '@aether/contracts/identity';
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

  /** Null for somebody who signs in by an identity provider only. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** The row stays for a while, so that an edge that starts can be told whose tokens to refuse. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  /** Since when sign-in asks for a code; null while it does not. */
  @Column('timestamptz', { name: 'second_factor_at', nullable: true })
  secondFactorAt: Date | null;

  /** When role or right to be here changed last: tokens from before say something else. */
  @Column('timestamptz', { name: 'standing_changed_at', nullable: true })
  standingChangedAt: Date | null;

  static create(fields: Pick<UserAccount, 'id' | 'email' | 'name' | 'role' | 'passwordHash' | 'createdAt'>) {
    return Object.assign(new UserAccount(), {
      ...fields,
      disabledAt: null,
      deletedAt: null,
      secondFactorAt: null,
      standingChangedAt: null,
    });
  }

  get isActive(): boolean {
    return this.disabledAt === null && this.deletedAt === null;
  }

  get isActiveAdmin(): boolean {
    return this.isActive && this.role === 'admin';
  }

  /** False where nothing is different now. */
  update({ name, role }: { name?: string; role?: Role }, now: Date): boolean {
    const renamed = name !== undefined && name !== this.name;
    const moved = role !== undefined && role !== this.role;
    if (renamed) this.name = name;
    if (moved) {
      this.role = role;
      this.standingChangedAt = now;
    }
    return renamed || moved;
  }

  /** False where it was disabled before. */
  disable(now: Date): boolean {
    if (this.disabledAt) return false;
    this.disabledAt = now;
    this.standingChangedAt = now;
    return true;
  }

  /** False where it was not disabled. */
  enable(now: Date): boolean {
    if (!this.disabledAt) return false;
    this.disabledAt = null;
    this.standingChangedAt = now;
    return true;
  }

  /** Forgets who it was; the address is free for another account. */
  delete(now: Date): void {
    this.email = `${this.id}@deleted.invalid`;
    this.name = 'deleted';
    this.passwordHash = null;
    this.secondFactorAt = null;
    this.deletedAt = now;
    this.standingChangedAt = now;
  }

  toUser(): User {
    return {
      id: this.id,
      email: this.email,
      name: this.name,
      role: this.role,
      createdAt: this.createdAt.toISOString(),
      secondFactor: this.secondFactorAt !== null,
      disabledAt: this.disabledAt?.toISOString() ?? null,
    };
  }
}
