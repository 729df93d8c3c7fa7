import { Database } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { EntryRow } from './entry.entity.js';

@Injectable()
export class ThreadRepository {
  constructor(private readonly database: Database) {}

  async list(missionId: string, { taskId, ...bounds }: PageBounds & { taskId?: string }) {
    return this.database.read((manager) => {
      const query = manager
        .createQueryBuilder(EntryRow, 'entry')
        .where('entry.mission_id = :missionId', { missionId });
      if (taskId) query.andWhere('entry.task_id = :taskId', { taskId });
      return pageById(query, bounds);
    });
  }

  async after(missionId: string, { seq, limit }: { seq: number; limit: number }): Promise<EntryRow[]> {
    return this.database.read((manager) =>
      manager
        .createQueryBuilder(EntryRow, 'entry')
        .where('entry.mission_id = :missionId AND entry.seq > :seq', { missionId, seq })
        .orderBy('entry.seq')
        .take(limit)
        .getMany(),
    );
  }
}
