import type { ModelBudget } from '@aether/contracts/model-budgets';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const whole = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** In place of an id where the scope is the organisation. */
export const ORGANISATION_ID = '00000000-0000-0000-0000-000000000000';

@Entity('model_budget')
@Index('UQ_model_budget_scope', ['scope', 'scopeId', 'period'], { unique: true })
export class ModelBudgetRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_model_budget' })
  id: string;

  @Column('text')
  scope: ModelBudget['scope'];

  @Column('uuid', { name: 'scope_id' })
  scopeId: string;

  @Column('text')
  period: ModelBudget['period'];

  @Column('double precision', { name: 'limit_usd', nullable: true })
  limitUsd: number | null;

  @Column('bigint', { name: 'limit_tokens', nullable: true, transformer: whole })
  limitTokens: number | null;

  /** The period that `spentUsd` and `spentTokens` are of. */
  @Column('timestamptz', { name: 'period_began' })
  periodBegan: Date;

  @Column('double precision', { name: 'spent_usd' })
  spentUsd: number;

  @Column('bigint', { name: 'spent_tokens', transformer: whole })
  spentTokens: number;

  /** When `modelBudgetReached` was last told, since the limit was set. */
  @Column('timestamptz', { name: 'told_at', nullable: true })
  toldAt: Date | null;

  /** Of the mission or the organisation's budget that the limit is taken from; an older one changes nothing. */
  @Column('integer')
  version: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** Begins the period of `now`, with nothing spent, where it is another. */
  enter(now: Date): void {
    const began = periodOf(this.period, now);
    if (began <= this.periodBegan) return;
    Object.assign(this, { periodBegan: began, spentUsd: 0, spentTokens: 0 });
  }

  counts({ deploymentId, missionId }: { deploymentId: string; missionId: string | null }): boolean {
    if (this.scope === 'organisation') return true;
    return this.scopeId === (this.scope === 'deployment' ? deploymentId : missionId);
  }

  reply(reserved: { usd: number; tokens: number }): ModelBudget {
    const { id, scope, scopeId, period, limitUsd, limitTokens, spentUsd, spentTokens } = this;
    return {
      ...{ id, scope, period, limitUsd, limitTokens, spentUsd, spentTokens },
      scopeId: scope === 'organisation' ? null : scopeId,
      reservedUsd: reserved.usd,
      reservedTokens: reserved.tokens,
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}

/** When the calendar day or month (UTC) of `now` began; the epoch for a budget without periods. */
export function periodOf(period: ModelBudget['period'], now: Date): Date {
  if (period === 'total') return new Date(0);
  const day = period === 'day' ? now.getUTCDate() : 1;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), day));
}

/** What a call that runs may take at most; its usage record replaces it. */
@Entity('reservation')
export class Reservation {
  /** Of the usage record to come. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_reservation' })
  id: string;

  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('uuid', { name: 'mission_id', nullable: true })
  missionId: string | null;

  @Column('double precision')
  usd: number;

  @Column('bigint', { transformer: whole })
  tokens: number;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
