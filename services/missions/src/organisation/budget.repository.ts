import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MissionRow } from '../missions/mission.entity.js';
import { TaskRow } from '../tasks/task.entity.js';
import { OrganisationBudgetRow, OrganisationSpendRow } from './budget.entity.js';

export type Spend = OrganisationBudget['spend'];

export const NO_SPEND: Readonly<Spend> = { tokens: 0, costUsd: 0, agentMinutes: 0, attempts: 0 };
const ID = 'organisation';

@Injectable()
export class BudgetRepository {
  constructor(private readonly database: Database) {}

  async budget(): Promise<OrganisationBudgetRow | null> {
    return this.database.read((manager) => manager.findOneBy(OrganisationBudgetRow, { id: ID }));
  }

  async lock({ manager }: Transaction): Promise<OrganisationBudgetRow | null> {
    // There is no row to lock before the first change.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtext('organisation_budget'))`);
    return manager.findOneBy(OrganisationBudgetRow, { id: ID });
  }

  async save({ manager }: Transaction, row: Omit<OrganisationBudgetRow, 'id'>): Promise<void> {
    await manager.upsert(OrganisationBudgetRow, { ...row, id: ID }, ['id']);
  }

  /** What was used in the month; attempts that still run count with what they took so far. */
  async spend(month: string): Promise<Spend> {
    return this.database.read(async (manager) => {
      const ended = await manager.findOneBy(OrganisationSpendRow, { month });
      const running = await manager
        .createQueryBuilder(TaskRow, 'task')
        .select(`coalesce(sum(extract(epoch FROM now() - task.running_since)) / 60, 0)::float8`, 'minutes')
        .where(`task.state = 'running'`)
        .getRawOne<{ minutes: number }>();
      const { tokens, costUsd, agentMinutes, attempts } = ended ?? NO_SPEND;
      return { tokens, costUsd, agentMinutes: agentMinutes + (running?.minutes ?? 0), attempts };
    });
  }

  /** True for whoever is the first to tell that this version of the budget is used up. */
  async tellOnce({ manager }: Transaction, { month, version }: { month: string; version: number }) {
    await addSpend(manager, month, NO_SPEND);
    const told = await manager
      .createQueryBuilder()
      .update(OrganisationSpendRow)
      .set({ toldVersion: version })
      .where('month = :month AND told_version IS DISTINCT FROM :version', { month, version })
      .execute();
    return told.affected === 1;
  }

  async runningMissions(limit: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager.find(MissionRow, { select: { id: true }, where: { state: 'running' }, take: limit }),
    );
    return rows.map(({ id }) => id);
  }

  /** Missions that are paused for this reason. */
  async pausedFor(code: string, { after, limit }: { after: string; limit: number }): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(MissionRow, 'mission')
        .select('mission.id', 'id')
        .where(`mission.state = 'paused' AND mission.reason ->> 'code' = :code`, { code })
        .andWhere('mission.id > :after', { after })
        .orderBy('mission.id')
        .limit(limit)
        .getRawMany<{ id: string }>(),
    );
    return rows.map(({ id }) => id);
  }
}

/** Adds to what was used in a month. All missions meet at this row, so it is written last before a commit. */
export async function addSpend(manager: EntityManager, month: string, spend: Readonly<Spend>): Promise<void> {
  await manager.query(
    `INSERT INTO organisation_spend (month, tokens, cost_usd, agent_minutes, attempts)
       VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (month) DO UPDATE SET
       tokens = organisation_spend.tokens + excluded.tokens,
       cost_usd = organisation_spend.cost_usd + excluded.cost_usd,
       agent_minutes = organisation_spend.agent_minutes + excluded.agent_minutes,
       attempts = organisation_spend.attempts + excluded.attempts`,
    [month, spend.tokens, spend.costUsd, spend.agentMinutes, spend.attempts],
  );
}
