import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { UsageRecord, modelsRequests } from '@aether/contracts/models';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { Usage } from './usage.entity.js';

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
}

export function toRecord({ virtualKeyId: _, at, ...usage }: Usage): UsageRecord {
  return { ...usage, at: at.toISOString() };
}
