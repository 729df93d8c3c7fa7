import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { UsageSum } from '@aether/contracts/model-budgets';
import type { UsageRecord, modelsRequests } from '@aether/contracts/models';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { Usage } from './usage.entity.js';

type SumQuery = InputOf<typeof modelsRequests.summariseUsage>;

const groups: Readonly<Record<SumQuery['by'], string>> = {
  day: `to_char(usage.at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: 'usage.model',
  deployment: 'usage.deployment_id::text',
  mission: 'usage.mission_id::text',
  session: 'usage.session',
};
const GROUPS_MAX = 1_000;

@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** False where the row is there already: a write is repeated when its commit was not confirmed. */
  async insert({ manager }: Transaction, usage: Usage): Promise<boolean> {
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Usage)
      .values(usage)
      .orIgnore()
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length > 0;
  }

  async page(
    query: InputOf<typeof modelsRequests.listUsage>,
  ): Promise<OutputOf<typeof modelsRequests.listUsage>> {
    return this.database.read(async (manager) => {
      const rows = manager.createQueryBuilder(Usage, 'usage');
      if (query.deploymentId) rows.where('usage.deployment_id = :deploymentId', query);
      const page = await pageById(rows, query);
      return { ...page, items: page.items.map(toRecord) };
    });
  }

  /** Dearest first, days by date. Sums of whole numbers come as text from PostgreSQL. */
  async sums(query: SumQuery, since: Date): Promise<UsageSum[]> {
    return this.database.read(async (manager) => {
      const rows = manager
        .createQueryBuilder(Usage, 'usage')
        .select(groups[query.by], 'key')
        .addSelect('count(*)', 'calls')
        .addSelect('sum(usage.input_tokens)', 'input')
        .addSelect('sum(usage.cached_input_tokens)', 'cached')
        .addSelect('sum(usage.output_tokens)', 'output')
        .addSelect('coalesce(sum(usage.cost_usd), 0)', 'cost')
        .addSelect('count(*) FILTER (WHERE usage.cost_usd IS NULL)', 'unpriced')
        .where('usage.at >= :since', { since });
      if (query.deploymentId) rows.andWhere('usage.deployment_id = :deploymentId', query);
      if (query.missionId) rows.andWhere('usage.mission_id = :missionId', query);
      const sums = await rows
        .groupBy(groups[query.by])
        .orderBy(query.by === 'day' ? '1' : '6', query.by === 'day' ? 'ASC' : 'DESC')
        .limit(GROUPS_MAX)
        .getRawMany<{ key: string | null } & Record<SumColumn, string | number>>();
      return sums.map(({ key, ...sum }) => ({
        key,
        calls: Number(sum.calls),
        inputTokens: Number(sum.input),
        cachedInputTokens: Number(sum.cached),
        outputTokens: Number(sum.output),
        costUsd: Number(sum.cost),
        unpricedCalls: Number(sum.unpriced),
      }));
    });
  }
}

type SumColumn = 'calls' | 'input' | 'cached' | 'output' | 'cost' | 'unpriced';

export function toRecord({ virtualKeyId: _, at, ...usage }: Usage): UsageRecord {
  return { ...usage, at: at.toISOString() };
}
