import { executionEvents, type AttemptState } from '@aether/contracts/execution';
import type { StateReason } from '@aether/contracts/mission-schemas';
import { serviceContext, type Actor } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyVisible } from '@aether/persistence/visibility';
import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
import { AttemptRow } from './attempt.entity.js';
import { RESTING } from './resting.js';

/** How much is under way, and what it occupies. */
export interface Loads {
  readonly total: number;
  readonly missions: ReadonlyMap<string, number>;
  readonly agents: ReadonlyMap<string, number>;
  readonly tasks: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

/** Told by others and never written by a holder. */
const OUTSIDE = new Set([
  'stop',
  'verdict',
  'question',
  'acts',
  'nudges',
  'leaseUntil',
  'dueAt',
  'updatedAt',
]);

/** By the database's clock, so that instances need not agree on the time. */
const fromNow = (seconds: number) => () => `now() + interval '${seconds} seconds'`;

interface Filter {
  readonly missionId?: string;
  readonly taskId?: string;
  readonly agentId?: string;
}

@Injectable()
export class AttemptRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, actor: Actor): Promise<AttemptRow | null> {
    return this.database.read((manager) =>
      onlyVisible(
        manager.createQueryBuilder(AttemptRow, 'row').where('row.id = :id', { id }),
        actor,
      ).getOne(),
    );
  }

  async list({ missionId, taskId, agentId, ...bounds }: PageBounds & Filter, actor: Actor) {
    return this.database.read((manager) => {
      const query = manager.createQueryBuilder(AttemptRow, 'row').where('true');
      if (missionId) query.andWhere('row.missionId = :missionId', { missionId });
      if (taskId) query.andWhere('row.taskId = :taskId', { taskId });
      if (agentId) query.andWhere(`row.agent ->> 'id' = :agentId`, { agentId });
      return pageById(onlyVisible(query, actor), bounds);
    });
  }

  /** The attempt whose agent is at work with this token. */
  async atWork(token: string): Promise<AttemptRow | null> {
    return this.database.read((manager) =>
      manager.findOne(AttemptRow, { where: { token, state: 'working', finishedAt: IsNull() } }),
    );
  }

  async openOfChat(chatId: string): Promise<AttemptRow | null> {
    return this.database.read((manager) => manager.findOneBy(AttemptRow, { chatId, finishedAt: IsNull() }));
  }

  /** What the agent has asked through its tool and nobody was asked yet; null takes it back. */
  async putQuestion(id: string, question: string | null): Promise<void> {
    await this.database.read((manager) => manager.update(AttemptRow, { id }, { question }));
  }

  async questionOf(id: string): Promise<string | null> {
    const row = await this.database.read((manager) =>
      manager.findOne(AttemptRow, { where: { id }, select: { question: true } }),
    );
    return row?.question ?? null;
  }

  /** False once the attempt has done as much that others are told of as it may. */
  async countAct(id: string, most: number): Promise<boolean> {
    const result = await this.database.read((manager) =>
      manager.update(AttemptRow, { id, acts: LessThan(most) }, { acts: () => 'acts + 1' }),
    );
    return result.affected === 1;
  }

  /** All attempts at a mission's tasks, in the order in which they ended. */
  async ofMission(missionId: string): Promise<AttemptRow[]> {
    return this.database.read((manager) =>
      manager.find(AttemptRow, { where: { missionId }, order: { finishedAt: 'ASC' } }),
    );
  }

  /** Earlier attempts at tasks, newest first. */
  async ofTasks(manager: EntityManager, taskIds: readonly string[]): Promise<AttemptRow[]> {
    if (taskIds.length === 0) return [];
    return manager
      .createQueryBuilder(AttemptRow, 'row')
      .where('row.taskId = ANY(:taskIds)', { taskIds })
      .orderBy('row.number', 'DESC')
      .getMany();
  }

  async loads(given?: EntityManager): Promise<Loads> {
    const query = (manager: EntityManager) =>
      manager.find(AttemptRow, {
        where: { finishedAt: IsNull() },
        select: { id: true, missionId: true, taskId: true, agent: true, ports: true, state: true },
      });
    const open = await (given ? query(given) : this.database.read(query));
    const busy = open.filter(({ state }) => !RESTING.includes(state));
    return {
      total: busy.length,
      missions: countBy(busy.map(({ missionId }) => missionId)),
      agents: countBy(busy.map(({ agent }) => agent.id)),
      tasks: new Set(open.map(({ taskId }) => taskId)),
      ports: new Set(open.flatMap(({ ports }) => ports)),
    };
  }

  async insert(tx: Transaction, attempt: AttemptRow): Promise<void> {
    await tx.manager.insert(AttemptRow, attempt);
    await tx.publish(executionEvents.attemptChanged, { attempt: attempt.reply(), from: null }, attempt);
  }

  /** The attempt that has waited longest for something that can be done now, unless somebody alive has it. */
  async take(leaseS: number): Promise<AttemptRow | null> {
    return this.database.read((source) =>
      source.transaction(async (manager) => {
        const row = await manager
          .createQueryBuilder(AttemptRow, 'row')
          .where('row.finished_at IS NULL AND row.due_at <= now()')
          .andWhere('(row.lease_until IS NULL OR row.lease_until < now())')
          .orderBy('row.due_at')
          .limit(1)
          .setLock('pessimistic_write')
          .setOnLocked('skip_locked')
          .getOne();
        if (!row) return null;
        row.taken += 1;
        await manager.update(AttemptRow, { id: row.id }, { taken: row.taken, leaseUntil: fromNow(leaseS) });
        return row;
      }),
    );
  }

  /** What has come up meanwhile; null where somebody else has taken the attempt over. */
  async renew({ id, taken }: AttemptRow, leaseS: number): Promise<{ stop: StateReason | null } | null> {
    return this.database.read(async (manager) => {
      const result = await manager.update(AttemptRow, { id, taken }, { leaseUntil: fromNow(leaseS) });
      if (result.affected !== 1) return null;
      return manager.findOne(AttemptRow, { where: { id }, select: { stop: true } });
    });
  }

  /** Stores what a holder did and tells of it; false where it holds the attempt no longer. */
  async store(
    attempt: AttemptRow,
    from: AttemptState,
    also?: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    const context = { ...serviceContext('orchestrator'), correlationId: attempt.correlationId };
    return this.database.transaction(context, async (tx) => {
      const { id, taken } = attempt;
      const own = Object.entries(attempt).filter(
        // An answer is taken out here, and put in elsewhere.
        ([name, value]) => !OUTSIDE.has(name) && (name !== 'answer' || value === null),
      );
      const result = await tx.manager.update(
        AttemptRow,
        { id, taken },
        { ...Object.fromEntries(own), updatedAt: () => 'now()' },
      );
      if (result.affected !== 1) return false;
      await also?.(tx.manager);
      if (from !== attempt.state)
        await tx.publish(executionEvents.attemptChanged, { attempt: attempt.reply(), from }, attempt);
      return true;
    });
  }

  /** Gives an attempt back until `dueAt`, or at once where something has come up meanwhile. */
  async release({ id, taken, nudges }: AttemptRow, dueAt: Date | null): Promise<void> {
    await this.database.read((manager) =>
      manager
        .createQueryBuilder()
        .update(AttemptRow)
        .set({
          leaseUntil: null,
          dueAt: () => 'CASE WHEN nudges = :nudges THEN CAST(:dueAt AS timestamptz) ELSE now() END',
        })
        .where('id = :id AND taken = :taken')
        .setParameters({ id, taken, nudges, dueAt })
        .execute(),
    );
  }

  /** Lets the open attempt that fits know of something; false where there is none. */
  async nudge(
    manager: EntityManager,
    which: Partial<Pick<AttemptRow, 'id' | 'taskId' | 'chatId'>>,
    told: Partial<Pick<AttemptRow, 'stop' | 'verdict' | 'answer'>> = {},
  ): Promise<boolean> {
    const result = await manager.update(
      AttemptRow,
      { ...which, finishedAt: IsNull() },
      { ...(told as object), nudges: () => 'nudges + 1', dueAt: () => 'now()' },
    );
    return (result.affected ?? 0) > 0;
  }
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
