import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { DefaultModelsRow, ModelProviderRow } from './model-provider.entity.js';

const ONLY = 1;

@Injectable()
export class ModelProviderRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<{ rows: ModelProviderRow[]; defaults: string[] }> {
    return this.database.read(async (manager) => {
      const rows = await manager.find(ModelProviderRow, { order: { id: 'ASC' } });
      const chosen = await manager.findOneBy(DefaultModelsRow, { id: ONLY });
      return { rows, defaults: chosen?.models ?? [] };
    });
  }

  async find(id: string): Promise<ModelProviderRow | null> {
    return this.database.read((manager) => manager.findOneBy(ModelProviderRow, { id }));
  }

  async isTaken({ manager }: Transaction, { id, name }: ModelProviderRow): Promise<boolean> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('model_provider', 0))`);
    return manager.existsBy(ModelProviderRow, { name, id: Not(id) });
  }

  async save({ manager }: Transaction, row: ModelProviderRow): Promise<void> {
    await manager.save(row);
  }

  async remove({ manager }: Transaction, id: string): Promise<void> {
    await manager.delete(ModelProviderRow, { id });
  }

  async defaults({ manager }: Transaction): Promise<string[]> {
    return (await manager.findOneBy(DefaultModelsRow, { id: ONLY }))?.models ?? [];
  }

  async setDefaults({ manager }: Transaction, models: string[]): Promise<void> {
    await manager.upsert(DefaultModelsRow, { id: ONLY, models }, ['id']);
  }
}
