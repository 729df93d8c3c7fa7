import type { Caps } from '@aether/contracts/execution';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { CapsRow } from './caps.entity.js';

@Injectable()
export class CapsRepository {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
  ) {}

  async get(): Promise<Caps> {
    const row = await this.database.read((manager) => manager.findOneBy(CapsRow, { only: true }));
    return {
      tasks: row?.tasks ?? this.config.TASKS_MAX,
      tasksPerMission: row?.tasksPerMission ?? this.config.TASKS_PER_MISSION_MAX,
      attemptsPerTask: row?.attemptsPerTask ?? this.config.ATTEMPTS_PER_TASK_MAX,
    };
  }

  async set(change: Partial<Caps>): Promise<Caps> {
    await this.database.read((manager) => manager.upsert(CapsRow, { only: true, ...change }, ['only']));
    return this.get();
  }
}
