import { Column, Entity, PrimaryColumn } from 'typeorm';

const FREE_FAILURES = 4;
const FIRST_DELAY_S = 1;
const LONGEST_DELAY_S = 15 * 60;

/** Failed sign-ins in a row for one e-mail address, whether or not it has an account. */
@Entity('sign_in_guard')
export class SignInGuard {
  /** SHA-256 of the address: people also type passwords there. */
  @PrimaryColumn('bytea', { name: 'email_hash', primaryKeyConstraintName: 'PK_sign_in_guard' })
  emailHash: Buffer;

  @Column('int')
  failures: number;

  @Column('timestamptz', { name: 'failed_at' })
  failedAt: Date;

  @Column('timestamptz', { name: 'delayed_until', nullable: true })
  delayedUntil: Date | null;

  /** From the fifth failure in a row: 1 s, 2 s, 4 s and so on to 15 min. */
  fail(now: Date): void {
    this.failures += 1;
    this.failedAt = now;
    if (this.failures <= FREE_FAILURES) return;
    const delayS = Math.min(FIRST_DELAY_S * 2 ** (this.failures - FREE_FAILURES - 1), LONGEST_DELAY_S);
    this.delayedUntil = new Date(now.getTime() + delayS * 1_000);
  }

  /** Whole seconds until the next attempt is looked at; 0 for now. */
  waitS(now: Date): number {
    return this.delayedUntil
      ? Math.max(0, Math.ceil((this.delayedUntil.getTime() - now.getTime()) / 1_000))
      : 0;
  }
}
