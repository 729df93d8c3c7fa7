import type { ModelProvider, OfferedModel, ProviderKind } from '@aether/contracts/providers';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('model_provider')
@Index('UQ_model_provider_name', ['name'], { unique: true })
export class ModelProviderRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_model_provider' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  kind: ProviderKind;

  @Column('text', { name: 'base_url' })
  baseUrl: string;

  /** The key, in the vault. */
  @Column('uuid', { name: 'secret_id', nullable: true })
  secretId: string | null;

  @Column('boolean')
  enabled: boolean;

  @Column('jsonb')
  models: OfferedModel[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  reply(): ModelProvider {
    const { id, name, kind, baseUrl, enabled, models } = this;
    return {
      ...{ id, name, kind, baseUrl, enabled, models },
      source: 'api',
      hasKey: this.secretId !== null,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}

/** What `default` stands for; there is one row at most. */
@Entity('default_models')
export class DefaultModelsRow {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'PK_default_models' })
  id: number;

  @Column('jsonb')
  models: string[];
}
