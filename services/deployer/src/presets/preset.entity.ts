import type { Preset, Runtime, RuntimeSettings } from '@aether/contracts/deployer';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('preset')
@Index('UQ_preset_name', ['name'], { unique: true })
export class StoredPreset {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_preset' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  template: string;

  @Column('text')
  runtime: Runtime;

  /** Null for the endpoint's default model at the time of the deploy. */
  @Column('text', { nullable: true })
  model: string | null;

  @Column('jsonb')
  settings: RuntimeSettings;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  static create(
    fields: Pick<
      StoredPreset,
      'id' | 'name' | 'template' | 'runtime' | 'model' | 'settings' | 'createdBy' | 'createdAt'
    >,
  ): StoredPreset {
    return Object.assign(new StoredPreset(), { ...fields, updatedAt: fields.createdAt });
  }

  toPreset(): Preset {
    const { id, name, template, runtime, model, settings, createdBy } = this;
    return {
      ...{ id, name, template, runtime, model, settings, createdBy },
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
