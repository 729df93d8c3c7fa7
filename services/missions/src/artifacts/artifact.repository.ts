import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { ArtifactContentRow, ArtifactPieceRow, ArtifactRow } from './artifact.entity.js';

@Injectable()
export class ArtifactRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<ArtifactRow | null> {
    return this.database.read((manager) => manager.findOneBy(ArtifactRow, { id }));
  }

  async list(missionId: string, { taskId, ...bounds }: PageBounds & { taskId?: string }) {
    return this.database.read((manager) => {
      const query = manager
        .createQueryBuilder(ArtifactRow, 'artifact')
        .where('artifact.mission_id = :missionId', { missionId });
      if (taskId) query.andWhere('artifact.task_id = :taskId', { taskId });
      return pageById(query, bounds);
    });
  }

  /** How many of these are artifacts of the mission. */
  async count(missionId: string, ids: readonly string[]): Promise<number> {
    return this.database.read((manager) => manager.countBy(ArtifactRow, { missionId, id: In([...ids]) }));
  }

  /** Keeps a piece; one that is there already stays. False where the one before it is missing. */
  async addPiece(piece: ArtifactPieceRow): Promise<boolean> {
    return this.database.read(async (manager) => {
      const { artifactId, beginsAt } = piece;
      if (beginsAt > 0 && !(await manager.existsBy(ArtifactPieceRow, { artifactId, endsAt: beginsAt })))
        return false;
      await manager.createQueryBuilder().insert().into(ArtifactPieceRow).values(piece).orIgnore().execute();
      return true;
    });
  }

  /** The pieces in order; ends where one is missing. */
  async *pieces(artifactId: string): AsyncGenerator<Buffer> {
    let beginsAt = 0;
    for (;;) {
      const piece = await this.database.read((manager) =>
        manager.findOneBy(ArtifactPieceRow, { artifactId, beginsAt }),
      );
      if (!piece || piece.endsAt === beginsAt) return;
      yield piece.content;
      beginsAt = piece.endsAt;
    }
  }

  async dropPieces(artifactId: string): Promise<void> {
    await this.database.read((manager) => manager.delete(ArtifactPieceRow, { artifactId }));
  }

  /** Notes that the content will be referred to, before it is looked for in the store. */
  async touch(sha256: string, touchedAt: Date): Promise<void> {
    await this.database.read((manager) =>
      manager.upsert(ArtifactContentRow, { sha256, touchedAt }, ['sha256']),
    );
  }

  /** Drops the pieces of artifacts of which nothing has come since. */
  async dropAbandoned(since: Date): Promise<void> {
    await this.database.read(async (manager) => {
      const abandoned = manager
        .createQueryBuilder()
        .subQuery()
        .select('piece.artifact_id')
        .from(ArtifactPieceRow, 'piece')
        .groupBy('piece.artifact_id')
        .having('max(piece.at) < :since');
      await manager
        .createQueryBuilder()
        .delete()
        .from(ArtifactPieceRow)
        .where(`artifact_id IN ${abandoned.getQuery()}`, { since })
        .execute();
    });
  }

  /** Contents that no artifact refers to, and that nobody has meant to refer to since. */
  async unused(since: Date, limit: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(ArtifactContentRow, 'content')
        .where('content.touched_at < :since', { since })
        .andWhere('NOT EXISTS (SELECT 1 FROM artifact WHERE artifact.sha256 = content.sha256)')
        .limit(limit)
        .getMany(),
    );
    return rows.map(({ sha256 }) => sha256);
  }

  /** Runs `remove` and forgets the content while nobody can refer to it; nothing where somebody has since. */
  async forget({ manager }: Transaction, { sha256, since, remove }: Forgotten): Promise<void> {
    const content = await manager.findOne(ArtifactContentRow, {
      where: { sha256, touchedAt: LessThan(since) },
      lock: { mode: 'pessimistic_write' },
    });
    if (!content || (await manager.existsBy(ArtifactRow, { sha256 }))) return;
    await remove();
    await manager.delete(ArtifactContentRow, { sha256 });
  }
}

interface Forgotten {
  readonly sha256: string;
  readonly since: Date;
  readonly remove: () => Promise<void>;
}
