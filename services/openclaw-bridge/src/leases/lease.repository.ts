import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { In, Not, Raw, type QueryRunner } from 'typeorm';
import { ApprovalRow } from '../approvals/approval.entity.js';
import { ChatRow } from '../chats/chat.entity.js';
import { ConnectionRow } from '../connections/connection.entity.js';
import type { Claim } from './claims.js';
import { InstanceRow } from './instance.entity.js';

/** What leads to a connection. */
export type Lead =
  | { readonly connectionId: string }
  | { readonly deploymentId: string }
  | { readonly chatId: string }
  | { readonly approvalId: string };

/** Leases count by the database's clock, so that instances need not agree on the time. */
const fromNow = (seconds: number) => () => `now() + interval '${seconds} seconds'`;
const isOpen = { state: Not('closed' as const) };

/** An instance has one lease for all it holds, so that holding a connection costs no writes. */
@Injectable()
export class LeaseRepository {
  /** Renewals have a connection to the database of their own: they must not queue behind work. */
  private renewer: QueryRunner | null = null;

  constructor(private readonly database: Database) {}

  async renew(instance: string, leaseS: number): Promise<void> {
    this.renewer ??= this.database.source.createQueryRunner();
    try {
      await this.renewer.manager
        .createQueryBuilder()
        .insert()
        .into(InstanceRow)
        .values({ id: instance, leaseUntil: fromNow(leaseS) })
        .orUpdate(['lease_until'], ['id'])
        .execute();
    } catch (error) {
      await this.releaseRenewer();
      throw error;
    }
  }

  async held(instance: string): Promise<Claim[]> {
    return this.database.read(async (manager) => {
      const rows = await manager.find(ConnectionRow, {
        where: { leaseHolder: instance, ...isOpen },
        select: { id: true, leaseFence: true },
      });
      return rows.map(({ id, leaseFence: fence }) => ({ id, fence }));
    });
  }

  /** How many connections each living instance should hold, at most. */
  async share(): Promise<number> {
    return this.database.read(async (manager) => {
      const open = await manager.countBy(ConnectionRow, isOpen);
      const living = await manager.countBy(InstanceRow, { leaseUntil: Raw((column) => `${column} > now()`) });
      return Math.ceil(open / Math.max(1, living));
    });
  }

  /** Takes up to `count` connections that no living instance holds; each goes to one instance only. */
  async claim(instance: string, count: number): Promise<Claim[]> {
    return this.database.transaction(serviceContext('openclaw-bridge'), async ({ manager }) => {
      // One that comes back waits here, and then sees what was taken from it.
      await manager.delete(InstanceRow, { leaseUntil: Raw((column) => `${column} < now()`) });
      const free = await manager
        .createQueryBuilder(ConnectionRow, 'connection')
        .select('connection.id')
        .where(isOpen)
        .andWhere(
          `(connection.lease_holder IS NULL OR connection.lease_holder NOT IN (SELECT id FROM instance))`,
        )
        .orderBy('connection.id')
        .limit(count)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getMany();
      if (free.length === 0) return [];
      const result = await manager
        .createQueryBuilder()
        .update(ConnectionRow)
        .set({ leaseHolder: instance, leaseFence: () => 'lease_fence + 1' })
        .where({ id: In(free.map(({ id }) => id)) })
        .returning(['id', 'leaseFence'])
        .execute();
      return (result.raw as { id: string; lease_fence: number }[]).map((row) => ({
        id: row.id,
        fence: row.lease_fence,
      }));
    });
  }

  /** Gives connections back, but for those that somebody else has by now. */
  async release(instance: string, ids: readonly string[]): Promise<void> {
    await this.database.read((manager) =>
      manager.update(ConnectionRow, { leaseHolder: instance, id: In(ids) }, { leaseHolder: null }),
    );
  }

  /** Ends the lease: what the instance held is free at once. */
  async leave(instance: string): Promise<void> {
    await this.releaseRenewer();
    await this.database.read((manager) => manager.delete(InstanceRow, { id: instance }));
  }

  /** The living instance that holds a connection; null where none does, or there is no such connection. */
  async holderOf(lead: Lead): Promise<string | null> {
    return this.database.read(async (manager) => {
      const query = manager
        .createQueryBuilder(InstanceRow, 'instance')
        .innerJoin(ConnectionRow, 'connection', 'connection.leaseHolder = instance.id')
        .where('instance.leaseUntil > now()');
      if ('connectionId' in lead) query.andWhere('connection.id = :connectionId', lead);
      else if ('deploymentId' in lead) query.andWhere('connection.deploymentId = :deploymentId', lead);
      else if ('chatId' in lead)
        query
          .innerJoin(ChatRow, 'chat', 'chat.connectionId = connection.id')
          .andWhere('chat.id = :chatId', lead);
      else
        query
          .innerJoin(ApprovalRow, 'approval', 'approval.connectionId = connection.id')
          .andWhere('approval.id = :approvalId', lead);
      return (await query.getOne())?.id ?? null;
    });
  }

  private async releaseRenewer(): Promise<void> {
    const renewer = this.renewer;
    this.renewer = null;
    await renewer?.release();
  }
}
