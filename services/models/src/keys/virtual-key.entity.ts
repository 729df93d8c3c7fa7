import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key for the endpoint, whose calls count for a deployment. Only its hash is kept. */
@Entity('virtual_key')
@Index('IDX_virtual_key_hash', ['hash'], { unique: true })
@Index('IDX_virtual_key_deployment_id', ['deploymentId'])
export class VirtualKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_virtual_key' })
  id: string;

  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  /** Of one that a person asked for; null for the one that the deployment's agent runs with. */
  @Column('text', { nullable: true })
  name: string | null;

  /** Who answers its calls for the first of them, best first. */
  @Column('jsonb', { nullable: true })
  models: string[] | null;

  /** SHA-256 in base64url: the key has 256 random bits, so nothing slower is needed. */
  @Column('text')
  hash: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Null while it is in force for good; in the past once it is revoked. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
