import type { TemplateContent } from '@aether/contracts/templates';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A template that came by a file. It never changes, so agents of it stay what they were deployed as. */
@Entity('template')
export class StoredTemplate {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_template' })
  id: string;

  @Column('jsonb')
  content: TemplateContent;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
