import type { InputOf } from '@aether/contracts/contract';
import type { CallSum, usageChecksRequests } from '@aether/contracts/usage-checks';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { Usage } from '../usage/usage.entity.js';
import type { LedgerCall } from './compare-calls.js';
import { UsageCheckRow } from './usage-check.entity.js';

type Requests = typeof usageChecksRequests;

/** Longer than one check may take: who takes a row and dies leaves it to others after this. */
const TAKEN_MS = 120_000;
const SUMMED_MAX = 10_000;

@Injectable()
export class UsageCheckRepository {
  constructor(private readonly database: Database) {}

  /** A chat that has used models is to be checked, from the beginning. */
  async expect({ manager }: Transaction, { id, dueAt }: { id: string; dueAt: Date }): Promise<void> {
    await manager.upsert(UsageCheckRow, { id, dueAt, attempts: 0 }, ['id']);
  }

  async forget({ manager }: Transaction, of: { id: string } | { deploymentId: string }): Promise<void> {
    await manager.delete(UsageCheckRow, of);
  }

  /** Has all of them checked now; answers how many there are. */
  async hasten(of: InputOf<Requests['checkUsage']>, now: Date): Promise<number> {
    const { affected } = await this.database.read((manager) => {
      const update = manager.createQueryBuilder().update(UsageCheckRow).set({ dueAt: now, attempts: 0 });
      update.where('true');
      if (of.deploymentId) update.andWhere('deployment_id = :deploymentId', of);
      if (of.chatId) update.andWhere('id = :chatId', of);
      return update.execute();
    });
    return affected ?? 0;
  }

  /** Takes rows that are due, for this caller alone. */
  async take(limit: number, now: Date): Promise<UsageCheckRow[]> {
    return this.database.read((source) =>
      source.transaction(async (manager) => {
        const rows = await manager
          .createQueryBuilder(UsageCheckRow, 'row')
          .where('row.dueAt <= :now', { now })
          .orderBy('row.dueAt')
          .limit(limit)
          .setLock('pessimistic_write')
          .setOnLocked('skip_locked')
          .getMany();
        const dueAt = new Date(now.getTime() + TAKEN_MS);
        await manager.update(UsageCheckRow, { id: In(rows.map(({ id }) => id)) }, { dueAt });
        return rows.map((row) => Object.assign(row, { dueAt }));
      }),
    );
  }

  /** Writes what came of a row that was taken. What became due meanwhile stays due, with its attempts counted anew. */
  async settle(taken: UsageCheckRow, change: Partial<UsageCheckRow> & { dueAt: Date | null }): Promise<void> {
    const { dueAt, attempts, ...found } = change;
    const { id } = taken;
    await this.database.read(async (manager) => {
      if (Object.keys(found).length > 0) await manager.update(UsageCheckRow, { id }, found);
      await manager.update(UsageCheckRow, { id, dueAt: taken.dueAt ?? undefined }, { dueAt, attempts });
    });
  }

  async drop(id: string): Promise<void> {
    await this.database.read((manager) => manager.delete(UsageCheckRow, { id }));
  }

  /** What the ledger has of a session, and of answers with these names in other sessions of its deployment. */
  async ledgerOf(of: {
    deploymentId: string;
    session: string | null;
    responseIds: readonly string[];
  }): Promise<LedgerCall[]> {
    return this.database.read((manager) =>
      manager
        .createQueryBuilder(Usage, 'usage')
        .where('usage.deployment_id = :deploymentId', of)
        .andWhere('(usage.session = :session OR usage.response_id = ANY(:responseIds))', of)
        .orderBy('usage.id')
        .getMany(),
    );
  }

  async page({ deploymentId, finding, ...bounds }: InputOf<Requests['listUsageChecks']>) {
    return this.database.read((manager) => {
      const query = manager.createQueryBuilder(UsageCheckRow, 'row').where('true');
      if (deploymentId) query.andWhere('row.deploymentId = :deploymentId', { deploymentId });
      if (finding) query.andWhere('row.finding = :finding', { finding });
      return pageById(query, bounds);
    });
  }

  /** The newest ones that belong to a deployment. */
  async all(deploymentId: string | undefined): Promise<UsageCheckRow[]> {
    return this.database.read((manager) => {
      const query = manager.createQueryBuilder(UsageCheckRow, 'row').where('row.deploymentId IS NOT NULL');
      if (deploymentId) query.andWhere('row.deploymentId = :deploymentId', { deploymentId });
      return query.orderBy('row.id', 'DESC').take(SUMMED_MAX).getMany();
    });
  }

  /** By deployment: what the ledger has of no chat that was checked. */
  async outsideChats(deploymentIds: readonly string[]): Promise<Map<string, CallSum>> {
    const rows = await this.database.read((manager) => outside(manager, deploymentIds));
    return new Map(
      rows.map(({ id, calls, input, output, cost }) => [
        id,
        {
          calls: Number(calls),
          inputTokens: Number(input),
          outputTokens: Number(output),
          costUsd: Number(cost),
        },
      ]),
    );
  }
}

type OutsideRow = Record<'id' | 'calls' | 'input' | 'output' | 'cost', string>;

async function outside(manager: EntityManager, deploymentIds: readonly string[]): Promise<OutsideRow[]> {
  return manager
    .createQueryBuilder(Usage, 'usage')
    .select('usage.deployment_id', 'id')
    .addSelect('count(*)', 'calls')
    .addSelect('sum(usage.input_tokens)', 'input')
    .addSelect('sum(usage.output_tokens)', 'output')
    .addSelect('coalesce(sum(usage.cost_usd), 0)', 'cost')
    .where('usage.deployment_id = ANY(:deploymentIds)', { deploymentIds })
    .andWhere(
      'NOT EXISTS (SELECT 1 FROM usage_check c WHERE c.deployment_id = usage.deployment_id AND c.session = usage.session)',
    )
    .groupBy('usage.deployment_id')
    .getRawMany<OutsideRow>();
}
