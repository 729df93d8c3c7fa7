import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { matchesHash, sha256 } from '../tokens.js';
import { UserAccount } from '../users/user.entity.js';

const VALID_MS = 10 * 60_000;

/** A sign-in that a browser has begun and the provider has not answered yet; its row is taken away by the answer. */
@Entity('provider_sign_in')
@Index('IX_provider_sign_in_expires_at', ['expiresAt'])
export class ProviderSignIn {
  @PrimaryColumn('bytea', { name: 'state_hash', primaryKeyConstraintName: 'PK_provider_sign_in' })
  stateHash: Buffer;

  @Column('text')
  provider: string;

  @Column('bytea', { name: 'binding_hash' })
  bindingHash: Buffer;

  /** Worth nothing without the code that only the browser is given. */
  @Column('text', { name: 'code_verifier' })
  codeVerifier: string;

  @Column('text')
  nonce: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  static begin(
    fields: Pick<ProviderSignIn, 'provider' | 'codeVerifier' | 'nonce'> & { state: string; binding: string },
    now: Date,
  ): ProviderSignIn {
    const { state, binding, ...rest } = fields;
    return Object.assign(new ProviderSignIn(), {
      ...rest,
      stateHash: sha256(state),
      bindingHash: sha256(binding),
      expiresAt: new Date(now.getTime() + VALID_MS),
    });
  }

  accepts(binding: string, now: Date): boolean {
    return matchesHash(binding, this.bindingHash) && now < this.expiresAt;
  }
}

/** Whose account an identity of a provider is. */
@Entity('identity_link')
@Unique('UQ_identity_link_user', ['userId', 'issuer'])
export class IdentityLink {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_identity_link' })
  issuer: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_identity_link' })
  subject: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => UserAccount, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_identity_link_user' })
  user?: UserAccount;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
