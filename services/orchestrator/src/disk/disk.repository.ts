import type { Actor } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { onlyVisible } from '@aether/persistence/visibility';
import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, Not } from 'typeorm';
import { AttemptRow } from '../attempts/attempt.entity.js';
import { ConversationRow } from '../jason/conversation.entity.js';
import { ForgottenMissionRow } from './forgotten-mission.entity.js';

/** What is kept of attempts and missions, and until when. */
@Injectable()
export class DiskRepository {
  constructor(private readonly database: Database) {}

  async forget({ manager }: Transaction, missionId: string): Promise<void> {
    await manager.upsert(ForgottenMissionRow, { missionId, at: new Date() }, ['missionId']);
  }

  async forgotten(): Promise<string[]> {
    const rows = await this.database.read((manager) => manager.find(ForgottenMissionRow));
    return rows.map(({ missionId }) => missionId);
  }

  /** Takes away all rows of a mission at once. */
  async remove(missionId: string): Promise<void> {
    await this.database.read((source) =>
      source.transaction(async (manager) => {
        await manager.delete(AttemptRow, { missionId });
        await manager.update(ConversationRow, { missionId }, { missionId: null });
        await manager.delete(ForgottenMissionRow, { missionId });
      }),
    );
  }

  /** Attempts under way, as far as the actor may see them. */
  async open(actor: Actor): Promise<AttemptRow[]> {
    return this.database.read((manager) =>
      onlyVisible(
        manager.createQueryBuilder(AttemptRow, 'row').where('row.finishedAt IS NULL'),
        actor,
      ).getMany(),
    );
  }

  /** Attempts that ended before and whose work is still kept, the oldest first. */
  async rescuedBefore(before: Date, limit: number): Promise<AttemptRow[]> {
    return this.database.read((manager) =>
      manager.find(AttemptRow, {
        where: { rescueRef: Not(IsNull()), finishedAt: LessThan(before) },
        order: { finishedAt: 'ASC' },
        take: limit,
      }),
    );
  }

  async rescueGone(id: string): Promise<void> {
    await this.database.read((manager) => manager.update(AttemptRow, { id }, { rescueRef: null }));
  }

  async countRescued(): Promise<number> {
    return this.database.read((manager) => manager.countBy(AttemptRow, { rescueRef: Not(IsNull()) }));
  }
}
