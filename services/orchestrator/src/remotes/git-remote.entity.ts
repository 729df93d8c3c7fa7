import type { GitRemote } from '@aether/contracts/remotes';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('git_remote')
@Index('UQ_git_remote_name', ['name'], { unique: true })
@Index('UQ_git_remote_prefix', ['urlPrefix'], { unique: true })
export class GitRemoteRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_git_remote' })
  id: string;

  @Column('text')
  name: string;

  @Column('text', { name: 'url_prefix' })
  urlPrefix: string;

  @Column('text')
  kind: GitRemote['kind'];

  @Column('text', { name: 'api_url', nullable: true })
  apiUrl: string | null;

  @Column('text')
  username: string;

  /** The token, in the vault. */
  @Column('uuid', { name: 'secret_id' })
  secretId: string;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  reply(): GitRemote {
    return {
      id: this.id,
      name: this.name,
      urlPrefix: this.urlPrefix,
      kind: this.kind,
      apiUrl: this.apiUrl,
      username: this.username,
      createdBy: this.createdBy,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
