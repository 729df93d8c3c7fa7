import type { ModelBudget } from '@aether/contracts/model-budgets';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { In, LessThan, type EntityManager } from 'typeorm';
import type { Usage } from '../usage/usage.entity.js';
import { ModelBudgetRow, Reservation } from './model-budget.entity.js';

interface Sum {
  readonly usd: number;
  readonly tokens: string;
}

type Scope = Pick<ModelBudgetRow, 'scope' | 'scopeId'>;
type Named = Scope & Pick<ModelBudgetRow, 'period'>;
export type Chosen = Partial<Pick<ModelBudgetRow, 'id' | 'scope' | 'scopeId'>>;

@Injectable()
export class ModelBudgetRepository {
  constructor(private readonly database: Database) {}

  async all(): Promise<ModelBudgetRow[]> {
    return this.database.read((manager) => manager.find(ModelBudgetRow, { order: { id: 'ASC' } }));
  }

  /** With what they come to now. */
  async replies(now: Date): Promise<ModelBudget[]> {
    return this.database.read(async (manager) => {
      const rows = await manager.find(ModelBudgetRow, { order: { id: 'ASC' } });
      return Promise.all(rows.map((row) => this.reply(manager, row, now)));
    });
  }

  /** Held until the transaction ends, in one order, so that no two calls count the same room. */
  async locked({ manager }: Transaction, ids: readonly string[]): Promise<ModelBudgetRow[]> {
    return manager.find(ModelBudgetRow, {
      where: { id: In([...ids]) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async find({ manager }: Transaction, { scope, scopeId, period }: Named): Promise<ModelBudgetRow | null> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('model_budget', 0))`);
    return manager.findOneBy(ModelBudgetRow, { scope, scopeId, period });
  }

  async findById({ manager }: Transaction, id: string): Promise<ModelBudgetRow | null> {
    return manager.findOneBy(ModelBudgetRow, { id });
  }

  /** What calls of a scope took since then, of the ledger. */
  async spentSince(
    { manager }: Transaction,
    scope: Scope,
    since: Date,
  ): Promise<{ usd: number; tokens: number }> {
    const [spent] = await manager.query<Sum[]>(
      `SELECT coalesce(sum(cost_usd), 0) AS usd, coalesce(sum(input_tokens::bigint + output_tokens), 0) AS tokens
       FROM usage WHERE at >= $1 AND ${within(scope)}`,
      [since, scope.scopeId],
    );
    return { usd: spent?.usd ?? 0, tokens: Number(spent?.tokens ?? 0) };
  }

  async save({ manager }: Transaction, row: ModelBudgetRow): Promise<void> {
    await manager.save(row);
  }

  async remove({ manager }: Transaction, of: Chosen): Promise<string[]> {
    const rows = await manager.findBy(ModelBudgetRow, of);
    const ids = rows.map(({ id }) => id);
    await manager.delete(ModelBudgetRow, { id: In(ids) });
    return ids;
  }

  async hold({ manager }: Transaction, reservation: Reservation): Promise<void> {
    await manager.insert(Reservation, reservation);
  }

  async forgetExpired({ manager }: Transaction, now: Date): Promise<void> {
    await manager.delete(Reservation, { expiresAt: LessThan(now) });
  }

  /** A call's usage takes the place of what was held for it. */
  async settle({ manager }: Transaction, usage: Usage): Promise<void> {
    await manager.delete(Reservation, { id: usage.id });
    await manager.query(
      `WITH counting AS (
         SELECT id, CASE period WHEN 'total' THEN 'epoch' ELSE date_trunc(period, $5::timestamptz, 'UTC') END AS began
         FROM model_budget
         WHERE scope = 'organisation' OR (scope = 'deployment' AND scope_id = $1) OR (scope = 'mission' AND scope_id = $2)
         ORDER BY id FOR UPDATE)
       UPDATE model_budget AS budget SET
         spent_usd = CASE WHEN period_began = began THEN spent_usd ELSE 0 END + $3,
         spent_tokens = CASE WHEN period_began = began THEN spent_tokens ELSE 0 END + $4,
         period_began = began
       FROM counting WHERE budget.id = counting.id AND period_began <= began`,
      [
        usage.deploymentId,
        usage.missionId,
        usage.costUsd ?? 0,
        usage.inputTokens + usage.outputTokens,
        usage.at,
      ],
    );
  }

  async reply(manager: EntityManager, row: ModelBudgetRow, now: Date): Promise<ModelBudget> {
    const [held] = await manager.query<Sum[]>(
      `SELECT coalesce(sum(usd), 0) AS usd, coalesce(sum(tokens), 0) AS tokens
       FROM reservation WHERE expires_at >= $1 AND ${within(row)}`,
      [now, row.scopeId],
    );
    row.enter(now);
    return row.reply({ usd: held?.usd ?? 0, tokens: Number(held?.tokens ?? 0) });
  }
}

/** The rows of a scope; `$2` is its id, which every row of the organisation passes. */
function within({ scope }: Scope): string {
  if (scope === 'organisation') return '$2::uuid IS NOT NULL';
  return scope === 'deployment' ? 'deployment_id = $2::uuid' : 'mission_id = $2::uuid';
}
