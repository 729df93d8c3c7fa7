import { newId } from '@aether/messaging/id';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OrchestratorConfig } from '../config.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { PoolAgentRow } from './pool-agent.entity.js';

/** What is known of an agent from elsewhere. */
export type SeenAgent = Pick<
  PoolAgentRow,
  | 'deploymentId'
  | 'agentId'
  | 'name'
  | 'givenCapabilities'
  | 'reportedCapabilities'
  | 'givenWorkplace'
  | 'online'
>;

@Injectable()
export class PoolRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
  ) {}

  async all(): Promise<PoolAgentRow[]> {
    return this.database.read((manager) => manager.find(PoolAgentRow, { order: { name: 'ASC' } }));
  }

  /** Takes over what was seen: new agents join, those that are gone leave, what people set stays. */
  async take(seen: readonly SeenAgent[]): Promise<PoolAgentRow[]> {
    const known = await this.all();
    const key = ({ deploymentId, agentId }: { deploymentId: string; agentId: string }) =>
      `${deploymentId} ${agentId}`;
    const rows = new Map(known.map((row) => [key(row), row]));
    const gone = known.filter((row) => !seen.some((agent) => key(agent) === key(row)));
    const changed = seen.flatMap((agent) => {
      const row = rows.get(key(agent));
      if (!row) return [this.joined(agent)];
      const before = JSON.stringify(row);
      Object.assign(row, agent);
      return JSON.stringify(row) === before ? [] : [row];
    });
    if (gone.length + changed.length === 0) return known;
    return this.database.read(async (manager) => {
      for (const { id } of gone) await manager.delete(PoolAgentRow, { id });
      // Another instance may have seen the same agent at the same moment.
      if (changed.length > 0) await manager.upsert(PoolAgentRow, changed, ['deploymentId', 'agentId']);
      return manager.find(PoolAgentRow, { order: { name: 'ASC' } });
    });
  }

  async update(id: string, change: Partial<PoolAgentRow>): Promise<PoolAgentRow | null> {
    return this.database.read(async (manager) => {
      await manager.update(PoolAgentRow, { id }, { ...change, updatedAt: this.clock.now() });
      return manager.findOneBy(PoolAgentRow, { id });
    });
  }

  /** Adds the end of an attempt to an agent's record. */
  async record(
    manager: EntityManager,
    end: { id: string; accepted: boolean; requires: readonly string[]; costUsd: number },
  ): Promise<void> {
    const row = await manager.findOne(PoolAgentRow, {
      where: { id: end.id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!row) return;
    const counter = end.accepted ? 'accepted' : 'failed';
    row[counter] += 1;
    row.costUsd += end.costUsd;
    for (const name of end.requires) {
      const record = row.record[name] ?? { accepted: 0, failed: 0 };
      row.record[name] = { ...record, [counter]: record[counter] + 1 };
    }
    await manager.save(row);
  }

  private joined(agent: SeenAgent): PoolAgentRow {
    return Object.assign(new PoolAgentRow(), agent, {
      id: newId(),
      editedCapabilities: null,
      editedWorkplace: null,
      enabled: true,
      concurrency: this.config.AGENT_CONCURRENCY,
      accepted: 0,
      failed: 0,
      costUsd: 0,
      record: {},
      updatedAt: this.clock.now(),
    });
  }
}
