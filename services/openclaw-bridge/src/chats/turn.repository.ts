import { openclawEvents, type ToolCall } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { ConnectionRow } from '../connections/connection.entity.js';
import { Claims } from '../leases/claims.js';
import { CLOCK } from '../tokens.js';
import { ChatRow } from './chat.entity.js';
import { OPEN_REPLY } from './chat.repository.js';
import { MessageRow, type Outcome } from './message.entity.js';
import type { Turn } from './turn.js';

/** Waits for a claim, or for the begin of a drain, under way, and keeps others from either until the write is committed. */
const claimed = (condition = '') =>
  `EXISTS (SELECT 1 FROM connection WHERE id = :connectionId AND lease_fence = :fence ${condition} FOR SHARE)`;

/** What becomes of turns. Only the holder of a turn's connection writes it, whoever still believes to be that. */
@Injectable()
export class TurnRepository {
  constructor(
    private readonly database: Database,
    private readonly claims: Claims,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Open replies of the connections that an instance holds. */
  async openReplies(instance: string): Promise<Pick<MessageRow, 'id' | 'abortRequestedAt'>[]> {
    return this.database.read((manager) =>
      manager
        .createQueryBuilder(MessageRow, 'row')
        .select(['row.id', 'row.abortRequestedAt'])
        .innerJoin(ChatRow, 'chat', 'chat.id = row.chatId')
        .innerJoin(ConnectionRow, 'connection', 'connection.id = chat.connectionId')
        .where(OPEN_REPLY)
        .andWhere('connection.leaseHolder = :instance', { instance })
        .getMany(),
    );
  }

  /** False where the turn is not to be sent: it has ended, its connection drains, or somebody else holds that. */
  async markSent(turn: Turn, sentAt: Date): Promise<boolean> {
    return this.write(turn, { sentAt, state: 'sent', reason: null }, 'AND NOT is_draining');
  }

  /** Takes back that a turn was sent: its gateway did not take it yet. */
  async markUnsent(turn: Turn): Promise<void> {
    await this.write(turn, { sentAt: null, state: 'queued', reason: null });
  }

  /** How many turns of a connection were sent and have not ended. */
  async countSent(connectionId: string): Promise<number> {
    return this.database.read((manager) =>
      manager
        .createQueryBuilder(MessageRow, 'row')
        .innerJoin(ChatRow, 'chat', 'chat.id = row.chatId')
        .where(OPEN_REPLY)
        .andWhere('row.sentAt IS NOT NULL AND chat.connectionId = :connectionId', { connectionId })
        .getCount(),
    );
  }

  /** Has whoever holds its connection stop a chat's turn. False where none is open. */
  async requestAbort(chatId: string): Promise<boolean> {
    return this.database.read(async (manager) => {
      const open = { chatId, role: 'assistant' as const, finishedAt: IsNull() };
      const result = await manager.update(MessageRow, open, { abortRequestedAt: this.clock.now() });
      return result.affected !== 0;
    });
  }

  /** Keeps what has come so far, so that a restarted bridge can show it. */
  async saveProgress(turn: Turn): Promise<void> {
    const { text, tools } = turn;
    await this.write(turn, { text, toolCalls: tools.list as object[], state: 'streaming' });
  }

  /** Ends a reply once. Null where it had ended before, is gone, or somebody else holds its connection. */
  async finish(turn: Turn, outcome: Outcome): Promise<MessageRow | null> {
    return this.database.transaction(serviceContext('openclaw-bridge'), async (tx) => {
      if (!(await this.isOurs(tx, turn))) return null;
      const row = await tx.manager.findOne(MessageRow, {
        where: { id: turn.replyId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row?.finish(outcome, this.clock.now())) return null;
      row.toolCalls = turn.tools.list;
      await tx.manager.save(row);
      const chat = await tx.manager.findOneByOrFail(ChatRow, { id: row.chatId });
      await tx.publish(openclawEvents.messageFinished, { message: row.reply() }, chat);
      return row;
    });
  }

  async toolFinished(turn: Turn, toolCall: ToolCall): Promise<void> {
    const { chatId, replyId: messageId } = turn;
    await this.database.transaction(serviceContext('openclaw-bridge'), async (tx) => {
      const chat = await tx.manager.findOneBy(ChatRow, { id: chatId });
      if (chat && (await this.isOurs(tx, turn)))
        await tx.publish(openclawEvents.toolFinished, { chatId, messageId, toolCall }, chat);
    });
  }

  /** Writes an open reply, unless somebody else has claimed its connection; false where nothing was written. */
  private async write(
    turn: Turn,
    change: QueryDeepPartialEntity<MessageRow>,
    condition?: string,
  ): Promise<boolean> {
    return this.database.read(async (manager) => {
      const { replyId, connectionId } = turn;
      const result = await manager
        .createQueryBuilder()
        .update(MessageRow)
        .set(change)
        .where('id = :replyId AND finished_at IS NULL', { replyId })
        .andWhere(claimed(condition), { connectionId, fence: this.claims.fenceOf(connectionId) })
        .execute();
      return result.affected !== 0;
    });
  }

  /** Keeps others from claiming the turn's connection until the transaction ends; false where somebody has. */
  private async isOurs({ manager }: Transaction, { connectionId }: Turn): Promise<boolean> {
    const row = await manager.findOne(ConnectionRow, {
      where: { id: connectionId, leaseFence: this.claims.fenceOf(connectionId) },
      select: { id: true },
      lock: { mode: 'pessimistic_read' },
    });
    return row !== null;
  }
}
