import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JWK } from 'jose';
import { SealedColumns } from '../vault/sealed.entity.js';

@Entity('signing_key')
export class SigningKey {
  /** RFC 7638 thumbprint of the public half; `kid` of the tokens it signs. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_signing_key' })
  kid: string;

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk: JWK;

  /** The private half as a JWK. */
  @Column(() => SealedColumns, { prefix: false })
  sealed: SealedColumns;

  @Column('timestamptz', { name: 'signs_until' })
  signsUntil: Date;

  /** Published in the key set until then: the last token it signed has expired before. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
