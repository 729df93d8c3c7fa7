import { approvalEvents } from '@aether/contracts/approvals';
import { canSee } from '@aether/messaging/access';
import { serviceContext, type Actor, type Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyWhereVisible } from '@aether/persistence/visibility';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { ChatRow } from '../chats/chat.entity.js';
import { CLOCK } from '../tokens.js';
import { ApprovalRow } from './approval.entity.js';

export type NewApproval = Pick<
  ApprovalRow,
  'connectionId' | 'chatId' | 'gatewayId' | 'command' | 'directory' | 'createdAt' | 'expiresAt'
>;

@Injectable()
export class ApprovalRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One of a chat that the actor may see. */
  async findFor(actor: Actor, id: string): Promise<ApprovalRow | null> {
    return this.database.read(async (manager) => {
      const row = await manager.findOneBy(ApprovalRow, { id });
      const chat = row && (await manager.findOneBy(ChatRow, { id: row.chatId }));
      return chat && canSee(actor, chat) ? row : null;
    });
  }

  async list(
    actor: Actor,
    { chatId, state, ...bounds }: PageBounds & { chatId?: string; state?: 'pending' },
  ) {
    return this.database.read((manager) => {
      const query = manager
        .createQueryBuilder(ApprovalRow, 'row')
        .innerJoin(ChatRow, 'chat', 'chat.id = row.chatId');
      onlyWhereVisible(query, 'chat', actor);
      if (chatId) query.andWhere('row.chatId = :chatId', { chatId });
      if (state)
        query.andWhere('row.state = :state AND row.expiresAt > :now', { state, now: this.clock.now() });
      return pageById(query, bounds);
    });
  }

  /** Stores and tells what is asked; told of again, nothing happens. */
  async add(asked: NewApproval): Promise<void> {
    await this.database.transaction(serviceContext('openclaw-bridge'), async (tx) => {
      const row = Object.assign(new ApprovalRow(), asked, {
        id: newId(),
        state: 'pending',
        decidedBy: null,
        decidedAt: null,
      } satisfies Partial<ApprovalRow>);
      const inserted = await tx.manager
        .createQueryBuilder()
        .insert()
        .into(ApprovalRow)
        .values(row)
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return;
      const chat = await tx.manager.findOneByOrFail(ChatRow, { id: row.chatId });
      await tx.publish(approvalEvents.approvalRequested, { approval: row.reply(row.createdAt) }, chat);
    });
  }

  /** Null where it was decided before. */
  async decide(
    which: { connectionId: string; gatewayId: string },
    state: 'allowed' | 'denied' | 'expired',
    context: Context,
  ): Promise<ApprovalRow | null> {
    return this.database.transaction(context, async (tx) => {
      const row = await tx.manager.findOne(ApprovalRow, {
        where: { ...which, state: 'pending' },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) return null;
      Object.assign(row, { state, decidedBy: context.actor.id, decidedAt: this.clock.now() });
      await tx.manager.save(row);
      const chat = await tx.manager.findOneByOrFail(ChatRow, { id: row.chatId });
      await tx.publish(approvalEvents.approvalDecided, { approval: row.reply(this.clock.now()) }, chat);
      return row;
    });
  }
}
