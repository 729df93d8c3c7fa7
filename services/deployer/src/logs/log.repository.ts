import type { LogLine } from '@aether/contracts/deployer';
import { Database } from '@aether/persistence/database';
import { serviceContext } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { LogCursorRow, LogLineRow } from './log.entity.js';

export type NewLine = Pick<LogLineRow, 'source' | 'level' | 'text' | 'noise' | 'at'>;

export interface LogQuery {
  readonly limit: number;
  /** Only lines with a higher number, the oldest of them; without it, the newest. */
  readonly after?: number;
  /** Only lines with a lower number. */
  readonly before?: number;
  readonly source?: LogLine['source'];
  readonly withNoise: boolean;
}

const PRUNE_EVERY = 500;

@Injectable()
export class LogRepository {
  constructor(private readonly database: Database) {}

  /** The place in the runtime's output up to which its lines are stored; empty at the beginning. */
  async position(deploymentId: string): Promise<string> {
    const cursor = await this.database.read((manager) => manager.findOneBy(LogCursorRow, { deploymentId }));
    return cursor?.position ?? '';
  }

  /**
   * Stores lines under the next numbers. With `read`, the place in the output moves in the same transaction:
   * null where it is no longer at `read.from`, since then another instance has stored these lines.
   */
  async append(
    deploymentId: string,
    lines: readonly NewLine[],
    options: { read?: { from: string; to: string }; linesMax: number },
  ): Promise<LogLineRow[] | null> {
    return this.database.transaction(serviceContext('deployer'), async ({ manager }) => {
      const cursor = await lockCursor(manager, deploymentId);
      const { read } = options;
      if (read && cursor.position !== read.from) return null;
      const rows = lines.map((line, index) => ({ ...line, deploymentId, seq: cursor.lastSeq + 1 + index }));
      if (rows.length > 0) await manager.insert(LogLineRow, rows);
      const lastSeq = cursor.lastSeq + rows.length;
      await manager.update(
        LogCursorRow,
        { deploymentId },
        { lastSeq, position: read?.to ?? cursor.position },
      );
      if (Math.floor(lastSeq / PRUNE_EVERY) > Math.floor(cursor.lastSeq / PRUNE_EVERY))
        await manager.delete(LogLineRow, { deploymentId, seq: LessThanOrEqual(lastSeq - options.linesMax) });
      return rows;
    });
  }

  async read(
    deploymentId: string,
    query: LogQuery,
  ): Promise<{ rows: LogLineRow[]; lastSeq: number; more: boolean }> {
    return this.database.read(async (manager) => {
      const cursor = await manager.findOneBy(LogCursorRow, { deploymentId });
      const lastSeq = cursor?.lastSeq ?? 0;
      const select = manager
        .createQueryBuilder(LogLineRow, 'line')
        .where('line.deployment_id = :deploymentId AND line.seq <= :lastSeq', { deploymentId, lastSeq })
        .limit(query.limit + 1);
      narrow(select, query);
      const rows = await select.getMany();
      const found = rows.slice(0, query.limit);
      return {
        rows: query.after === undefined ? found.reverse() : found,
        lastSeq,
        more: rows.length > query.limit,
      };
    });
  }

  async remove(deploymentIds: readonly string[]): Promise<void> {
    await this.database.read(async (manager) => {
      await manager.delete(LogLineRow, { deploymentId: In([...deploymentIds]) });
      await manager.delete(LogCursorRow, { deploymentId: In([...deploymentIds]) });
    });
  }
}

async function lockCursor(manager: EntityManager, deploymentId: string): Promise<LogCursorRow> {
  const fresh: LogCursorRow = { deploymentId, lastSeq: 0, position: '' };
  await manager.createQueryBuilder().insert().into(LogCursorRow).values(fresh).orIgnore().execute();
  return manager.findOneOrFail(LogCursorRow, {
    where: { deploymentId },
    lock: { mode: 'pessimistic_write' },
  });
}

function narrow(select: SelectQueryBuilder<LogLineRow>, query: LogQuery): void {
  if (query.after !== undefined) select.andWhere('line.seq > :after', { after: query.after });
  if (query.before !== undefined) select.andWhere('line.seq < :before', { before: query.before });
  select.orderBy('line.seq', query.after === undefined ? 'DESC' : 'ASC');
  if (query.source) select.andWhere('line.source = :source', { source: query.source });
  if (!query.withNoise) select.andWhere('NOT line.noise');
}
