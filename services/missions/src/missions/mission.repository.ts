import type { MissionState, Priority, TaskState } from '@aether/contracts/mission-schemas';
import { canSee } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyHidden, onlyVisible } from '@aether/persistence/visibility';
import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { ArtifactRow } from '../artifacts/artifact.entity.js';
import { containing } from '../containing.js';
import { HistoryRow } from '../history/history.entity.js';
import { TaskRow } from '../tasks/task.entity.js';
import { EntryRow } from '../thread/entry.entity.js';
import { MissionRow } from './mission.entity.js';

export interface MissionFilter extends PageBounds {
  readonly state?: MissionState | readonly MissionState[];
  readonly label?: string;
  readonly priority?: Priority;
  readonly search?: string;
}

export interface TaskFilter extends PageBounds {
  readonly missionId?: string;
  readonly state?: TaskState;
  readonly capability?: string;
  readonly search?: string;
}

export interface ReadyTask {
  readonly task: TaskRow;
  readonly mission: MissionRow;
}

@Injectable()
export class MissionRepository {
  constructor(private readonly database: Database) {}

  async lock({ manager }: Transaction, id: string): Promise<MissionRow | null> {
    return manager.findOne(MissionRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async tasksOf({ manager }: Pick<Transaction, 'manager'>, missionId: string): Promise<TaskRow[]> {
    return manager.find(TaskRow, { where: { missionId }, order: { id: 'ASC' } });
  }

  async insert({ manager }: Transaction, mission: MissionRow): Promise<void> {
    await manager.insert(MissionRow, mission);
  }

  /** With its tasks, its thread, its history and its artifacts. */
  async remove({ manager }: Transaction, id: string): Promise<void> {
    for (const rows of [ArtifactRow, EntryRow, HistoryRow, TaskRow])
      await manager.delete(rows, { missionId: id });
    await manager.delete(MissionRow, { id });
  }

  /** Null where there is none, or where it is hidden from the actor. */
  async findFor(actor: Actor, id: string): Promise<MissionRow | null> {
    const mission = await this.database.read((manager) => manager.findOneBy(MissionRow, { id }));
    return mission && canSee(actor, mission) ? mission : null;
  }

  async list(actor: Actor, { state, label, priority, search, ...bounds }: MissionFilter) {
    return this.database.read((manager) => {
      const query = onlyVisible(manager.createQueryBuilder(MissionRow, 'mission'), actor);
      if (state) query.andWhere('mission.state IN (:...states)', { states: [state].flat() });
      if (priority) query.andWhere('mission.priority = :priority', { priority });
      if (label) query.andWhere('mission.labels @> :label', { label: JSON.stringify([label]) });
      if (search)
        query.andWhere('(mission.title ILIKE :text OR mission.goal ILIKE :text)', {
          text: containing(search),
        });
      return pageById(query, bounds);
    });
  }

  async findTask(id: string): Promise<TaskRow | null> {
    return this.database.read((manager) => manager.findOneBy(TaskRow, { id }));
  }

  async listTasks(actor: Actor, { missionId, state, capability, search, ...bounds }: TaskFilter) {
    return this.database.read((manager) => {
      const query = this.visibleTasks(manager.createQueryBuilder(TaskRow, 'task'), actor);
      if (missionId) query.andWhere('task.mission_id = :missionId', { missionId });
      if (state) query.andWhere('task.state = :state', { state });
      if (capability) query.andWhere('task.requires @> :needed', { needed: JSON.stringify([capability]) });
      if (search) query.andWhere('task.title ILIKE :text', { text: containing(search) });
      return pageById(query, bounds);
    });
  }

  /** Tasks that could start now, those with the longest chain behind them first, then the oldest. */
  async ready({ missionId, limit }: { missionId?: string; limit: number }): Promise<ReadyTask[]> {
    return this.database.read(async (manager) => {
      const query = manager
        .createQueryBuilder(TaskRow, 'task')
        .innerJoin(MissionRow, 'mission', `mission.id = task.mission_id AND mission.state = 'running'`)
        .where(`task.state = 'waiting'`)
        .andWhere(
          `NOT EXISTS (SELECT 1 FROM task dependency
             WHERE dependency.id = ANY (task.depends_on) AND dependency.state <> 'accepted')`,
        )
        .orderBy('task.chain_minutes', 'DESC')
        .addOrderBy('task.id', 'ASC')
        .limit(limit);
      if (missionId) query.andWhere('task.mission_id = :missionId', { missionId });
      const tasks = await query.getMany();
      const missions = await manager.findBy(MissionRow, {
        id: In([...new Set(tasks.map((task) => task.missionId))]),
      });
      const byId = new Map(missions.map((mission) => [mission.id, mission]));
      return tasks.flatMap((task) => {
        const mission = byId.get(task.missionId);
        return mission ? [{ task, mission }] : [];
      });
    });
  }

  /** Missions whose wait is over. */
  async overdue(limit: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(MissionRow, 'mission')
        .select('mission.id')
        .where('mission.deadline_at < now()')
        .orderBy('mission.deadline_at')
        .limit(limit)
        .getMany(),
    );
    return rows.map(({ id }) => id);
  }

  /** Missions with a task whose wait was over at that time. */
  async withOverdueTasks(since: Date, limit: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(TaskRow, 'task')
        .select('task.mission_id', 'id')
        .where('task.deadline_at < :since', { since })
        .groupBy('task.mission_id')
        .orderBy('min(task.deadline_at)')
        .limit(limit)
        .getRawMany<{ id: string }>(),
    );
    return rows.map(({ id }) => id);
  }

  async board(actor: Actor) {
    return this.database.read(async (manager) => {
      const missions = await onlyVisible(manager.createQueryBuilder(MissionRow, 'mission'), actor)
        .select('mission.state', 'state')
        .addSelect('count(*)::int', 'count')
        .groupBy('mission.state')
        .getRawMany<{ state: MissionState; count: number }>();
      const tasks = await this.visibleTasks(manager.createQueryBuilder(TaskRow, 'task'), actor)
        .select('task.state', 'state')
        .addSelect('count(*)::int', 'count')
        .groupBy('task.state')
        .getRawMany<{ state: TaskState; count: number }>();
      const needsPerson = await this.visibleTasks(manager.createQueryBuilder(TaskRow, 'task'), actor)
        .andWhere(`task.state IN ('asking', 'reported', 'failed')`)
        .orderBy('task.updated_at', 'ASC')
        .limit(50)
        .getMany();
      return { missions, tasks, needsPerson };
    });
  }

  /** A task is seen by those who see its mission. Missions that somebody does not see are few, so these are looked up. */
  private visibleTasks(query: SelectQueryBuilder<TaskRow>, actor: Actor): SelectQueryBuilder<TaskRow> {
    const hidden = onlyHidden(
      query.subQuery().select('mission.id').from<MissionRow>(MissionRow, 'mission'),
      actor,
    );
    return query
      .andWhere(`task.mission_id NOT IN ${hidden.getQuery()}`)
      .setParameters(hidden.getParameters());
  }
}
