import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const bigint = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** What all missions may use in a month: one row, which is there from the first change on. */
@Entity('organisation_budget')
export class OrganisationBudgetRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_organisation_budget' })
  id: string;

  @Column('jsonb')
  bounds: OrganisationBudget['bounds'];

  @Column('integer')
  version: number;

  /** The month in which a model call was refused for these bounds. */
  @Column('text', { name: 'refused_in', nullable: true })
  refusedIn: string | null;

  @Column('text', { name: 'updated_by' })
  updatedBy: string;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}

/** What all missions used in one month. */
@Entity('organisation_spend')
export class OrganisationSpendRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'PK_organisation_spend' })
  month: string;

  @Column('bigint', { transformer: bigint })
  tokens: number;

  @Column('double precision', { name: 'cost_usd' })
  costUsd: number;

  @Column('double precision', { name: 'agent_minutes' })
  agentMinutes: number;

  @Column('integer')
  attempts: number;

  /** Version of the budget that was told to be used up. */
  @Column('integer', { name: 'told_version', nullable: true })
  toldVersion: number | null;
}
