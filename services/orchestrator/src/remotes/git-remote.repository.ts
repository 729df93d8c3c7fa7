import { Database } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GitRemoteRow } from './git-remote.entity.js';

@Injectable()
export class GitRemoteRepository {
  constructor(private readonly database: Database) {}

  async list(bounds: PageBounds) {
    return this.database.read((manager) => pageById(manager.createQueryBuilder(GitRemoteRow, 'row'), bounds));
  }

  async all(): Promise<GitRemoteRow[]> {
    return this.database.read((manager) => manager.find(GitRemoteRow));
  }

  async find(id: string): Promise<GitRemoteRow | null> {
    return this.database.read((manager) => manager.findOneBy(GitRemoteRow, { id }));
  }

  /** Whether another remote has the name or the prefix. Whoever asks holds the rest off until the commit. */
  async isTaken(manager: EntityManager, { id, name, urlPrefix }: GitRemoteRow): Promise<boolean> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('git-remotes', 0))`);
    return manager
      .createQueryBuilder(GitRemoteRow, 'row')
      .where('row.id <> :id AND (row.name = :name OR row.urlPrefix = :urlPrefix)', { id, name, urlPrefix })
      .getExists();
  }

  async save(manager: EntityManager, row: GitRemoteRow): Promise<void> {
    await manager.save(row);
  }

  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(GitRemoteRow, { id });
  }
}
