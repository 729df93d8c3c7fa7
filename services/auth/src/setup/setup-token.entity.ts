import { Column, Entity, PrimaryColumn } from 'typeorm';
import { matchesHash, sha256 } from '../tokens.js';

const VALID_MS = 24 * 3_600_000;

/** The one row's id: a new token takes the place of the old. */
const ID = 'setup';

@Entity('setup_token')
export class SetupToken {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_setup_token' })
  id: string;

  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  static issue(token: string, now: Date): SetupToken {
    return Object.assign(new SetupToken(), {
      id: ID,
      tokenHash: sha256(token),
      expiresAt: new Date(now.getTime() + VALID_MS),
    });
  }

  accepts(token: string, now: Date): boolean {
    return matchesHash(token, this.tokenHash) && now < this.expiresAt;
  }
}
