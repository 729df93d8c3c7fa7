import { createHash } from 'node:crypto';
import type { InputOf } from '@aether/contracts/contract';
import type { HistoryEntry, TaskMoment } from '@aether/contracts/mission-history';
import type { missionsRequests } from '@aether/contracts/missions';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { MissionRepository } from '../missions/mission.repository.js';
import type { TaskRow } from '../tasks/task.entity.js';
import { HistoryRow } from './history.entity.js';

type Requests = typeof missionsRequests;
type Change = HistoryEntry['change'];

/** What became of missions, from their first change to the last, as long as they are there. */
@Injectable()
export class History {
  constructor(
    private readonly database: Database,
    private readonly missions: MissionRepository,
  ) {}

  async list(
    { id, limit, cursor = '0' }: InputOf<Requests['listHistory']>,
    context: RequestContext<Requests['listHistory']>,
  ) {
    if (!(await this.missions.findFor(context.actor, id))) throw context.fail('mission_not_found');
    if (!/^\d{1,18}$/.test(cursor))
      throw context.fail('invalid_input', {
        issues: [{ path: 'cursor', message: 'pass back a `nextCursor` unchanged' }],
      });
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(HistoryRow, 'entry')
        .where('entry.mission_id = :id AND entry.seq > :cursor', { id, cursor })
        .orderBy('entry.seq')
        .take(limit + 1)
        .getMany(),
    );
    const items = rows.slice(0, limit).map((row) => row.reply());
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? String(last.seq) : null };
  }
}

/** Adds to the history of a mission whose lock the transaction holds. */
export async function keepChanges(
  { manager }: Pick<Transaction, 'manager'>,
  { missionId, at, changes }: { missionId: string; at: Date; changes: readonly Change[] },
): Promise<void> {
  if (changes.length === 0) return;
  await manager.insert(
    HistoryRow,
    changes.map((change) => ({ missionId, at, change })),
  );
}

/** What of a task is kept of each moment: what a person would see of it on the board. */
export function momentOf(
  task: Pick<TaskRow, Exclude<keyof TaskMoment, 'instructionsSha256'> | 'instructions'>,
): TaskMoment {
  const { id, key, title, state, requires, estimateMinutes, dependsOn, agentName, attempts } = task;
  const instructionsSha256 = createHash('sha256').update(task.instructions).digest('hex');
  return {
    id,
    key,
    title,
    state,
    requires,
    estimateMinutes,
    dependsOn,
    agentName,
    attempts,
    instructionsSha256,
  };
}
