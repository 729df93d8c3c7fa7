import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import { Database } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { containing } from '../containing.js';
import { EntryRow } from './entry.entity.js';

export interface EntryFilter extends PageBounds {
  readonly taskId?: string;
  readonly kind?: ThreadEntry['kind'];
  readonly search?: string;
}

@Injectable()
export class ThreadRepository {
  constructor(private readonly database: Database) {}

  async list(missionId: string, { taskId, kind, search, ...bounds }: EntryFilter) {
    return this.database.read((manager) => {
      const query = manager
        .createQueryBuilder(EntryRow, 'entry')
        .where('entry.mission_id = :missionId', { missionId });
      if (taskId) query.andWhere('entry.task_id = :taskId', { taskId });
      if (kind) query.andWhere('entry.kind = :kind', { kind });
      if (search)
        query.andWhere(`(entry.text ILIKE :words OR entry.author ->> 'name' ILIKE :words)`, {
          words: containing(search),
        });
      return pageById(query, bounds);
    });
  }

  async find(missionId: string, seq: number): Promise<EntryRow | null> {
    return this.database.read((manager) => manager.findOneBy(EntryRow, { missionId, seq }));
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
