import { openclawEvents, type Reason, type ToolCall } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull, MoreThanOrEqual } from 'typeorm';
import { ApprovalRow } from '../approvals/approval.entity.js';
import { CLOCK } from '../tokens.js';
import { ChatRow } from './chat.entity.js';
import { MessageRow, fitting, type Outcome } from './message.entity.js';

/** A turn that has not ended, with what is needed to go on with it. */
export interface OpenTurn {
  readonly chat: ChatRow;
  readonly prompt: MessageRow;
  readonly reply: MessageRow;
}

@Injectable()
export class ChatRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<ChatRow | null> {
    return this.database.read((manager) => manager.findOneBy(ChatRow, { id }));
  }

  async list(bounds: PageBounds, deploymentId?: string) {
    return this.database.read((manager) => {
      const query = manager.createQueryBuilder(ChatRow, 'row');
      if (deploymentId) query.where('row.deploymentId = :deploymentId', { deploymentId });
      return pageById(query, bounds);
    });
  }

  /** Shorter pages than asked for where the messages are long. */
  async messages(
    chatId: string,
    bounds: PageBounds,
  ): Promise<{ items: MessageRow[]; nextCursor: string | null }> {
    const page = await this.database.read((manager) =>
      pageById(
        manager.createQueryBuilder(MessageRow, 'row').where('row.chatId = :chatId', { chatId }),
        bounds,
      ),
    );
    const limit = fitting(page.items).length;
    return limit < page.items.length ? this.messages(chatId, { ...bounds, limit }) : page;
  }

  async messagesFrom(chatId: string, from: { seq: number; limit: number }): Promise<MessageRow[]> {
    return this.database.read((manager) =>
      manager.find(MessageRow, {
        where: { chatId, seq: MoreThanOrEqual(from.seq) },
        order: { seq: 'ASC' },
        take: from.limit,
      }),
    );
  }

  async create(
    tx: Transaction,
    fields: Pick<
      ChatRow,
      'connectionId' | 'deploymentId' | 'agentId' | 'title' | 'directory' | 'permissions' | 'missionId'
    >,
  ): Promise<ChatRow> {
    const now = this.clock.now();
    const chat = Object.assign(new ChatRow(), {
      ...fields,
      id: newId(),
      lastSeq: 0,
      createdBy: tx.context.actor.id,
      createdAt: now,
      updatedAt: now,
    });
    await tx.manager.insert(ChatRow, chat);
    await tx.publish(openclawEvents.chatCreated, { chat: chat.reply() });
    return chat;
  }

  /** Adds a message and the reply that will grow. One turn of a chat runs at a time. */
  async beginTurn(
    tx: Transaction,
    chatId: string,
    said: { id?: string | undefined; text: string; waitsFor: (connectionId: string) => Reason | null },
  ): Promise<OpenTurn | 'busy' | 'gone'> {
    const { manager } = tx;
    const chat = await manager.findOne(ChatRow, {
      where: { id: chatId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!chat) return 'gone';
    const open = await manager.existsBy(MessageRow, {
      chatId,
      role: 'assistant',
      state: In(['queued', 'sent', 'streaming']),
    });
    if (open) return 'busy';
    const now = this.clock.now();
    const common = {
      chatId,
      reason: null,
      toolCalls: [],
      sentAt: null,
      abortRequestedAt: null,
      createdAt: now,
    };
    const prompt = Object.assign(new MessageRow(), common, {
      id: said.id ?? newId(),
      seq: chat.lastSeq + 1,
      role: 'user',
      text: said.text,
      state: 'complete',
      replyTo: null,
      finishedAt: now,
    } satisfies Partial<MessageRow>);
    const reply = Object.assign(new MessageRow(), common, {
      id: newId(),
      seq: chat.lastSeq + 2,
      role: 'assistant',
      text: '',
      state: 'queued',
      replyTo: prompt.id,
      reason: said.waitsFor(chat.connectionId),
      finishedAt: null,
    } satisfies Partial<MessageRow>);
    await manager.insert(MessageRow, [prompt, reply]);
    chat.lastSeq = reply.seq;
    chat.updatedAt = now;
    await manager.save(chat);
    await tx.publish(openclawEvents.messageStored, { message: prompt.reply() });
    return { chat, prompt, reply };
  }

  /** Open turns of a connection's chats, oldest first. */
  async openTurns(connectionId: string): Promise<OpenTurn[]> {
    return this.database.read(async (manager) => {
      const replies = await manager
        .createQueryBuilder(MessageRow, 'row')
        .innerJoin(ChatRow, 'chat', 'chat.id = row.chatId')
        .where('chat.connectionId = :connectionId', { connectionId })
        .andWhere(`row.role = 'assistant' AND row.state IN ('queued', 'sent', 'streaming')`)
        .orderBy('row.id', 'ASC')
        .getMany();
      const [chats, prompts] = await Promise.all([
        manager.findBy(ChatRow, { id: In(replies.map(({ chatId }) => chatId)) }),
        manager.findBy(MessageRow, { id: In(replies.map(({ replyTo }) => replyTo)) }),
      ]);
      return replies.flatMap((reply) => {
        const chat = chats.find(({ id }) => id === reply.chatId);
        const prompt = prompts.find(({ id }) => id === reply.replyTo);
        return chat && prompt ? [{ chat, prompt, reply }] : [];
      });
    });
  }

  async markSent(replyId: string, sentAt: Date | null): Promise<void> {
    await this.database.read((manager) =>
      manager.update(
        MessageRow,
        { id: replyId, finishedAt: IsNull() },
        { sentAt, state: sentAt ? 'sent' : 'queued', reason: null },
      ),
    );
  }

  async requestAbort(replyId: string): Promise<void> {
    await this.database.read((manager) =>
      manager.update(MessageRow, { id: replyId }, { abortRequestedAt: this.clock.now() }),
    );
  }

  /** Keeps what has come so far, so that a restarted bridge can show it. */
  async saveProgress(replyId: string, progress: { text: string; toolCalls: ToolCall[] }): Promise<void> {
    await this.database.read((manager) =>
      manager.update(
        MessageRow,
        { id: replyId, finishedAt: IsNull() },
        { text: progress.text, toolCalls: progress.toolCalls as object[], state: 'streaming' },
      ),
    );
  }

  /** Ends a reply once. Null where it had ended before or is gone. */
  async finish(replyId: string, outcome: Outcome, toolCalls?: ToolCall[]): Promise<MessageRow | null> {
    return this.database.transaction(serviceContext('openclaw-bridge'), async (tx) => {
      const row = await tx.manager.findOne(MessageRow, {
        where: { id: replyId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row?.finish(outcome, this.clock.now())) return null;
      if (toolCalls) row.toolCalls = toolCalls;
      await tx.manager.save(row);
      await tx.publish(openclawEvents.messageFinished, { message: row.reply() });
      return row;
    });
  }

  async toolFinished(turn: { chatId: string; replyId: string }, toolCall: ToolCall): Promise<void> {
    const { chatId, replyId: messageId } = turn;
    await this.database.transaction(serviceContext('openclaw-bridge'), (tx) =>
      tx.publish(openclawEvents.toolFinished, { chatId, messageId, toolCall }),
    );
  }

  async delete(tx: Transaction, chatId: string): Promise<ChatRow | null> {
    const chat = await tx.manager.findOneBy(ChatRow, { id: chatId });
    if (!chat) return null;
    await tx.manager.delete(ApprovalRow, { chatId });
    await tx.manager.delete(MessageRow, { chatId });
    await tx.manager.delete(ChatRow, { id: chatId });
    await tx.publish(openclawEvents.chatDeleted, { chatId });
    return chat;
  }

  /** Deletes the chats of a connection that is removed, and returns their ids. */
  async deleteOfConnection(tx: Transaction, connectionId: string): Promise<string[]> {
    const chats = await tx.manager.findBy(ChatRow, { connectionId });
    for (const chat of chats) await this.delete(tx, chat.id);
    return chats.map(({ id }) => id);
  }
}
