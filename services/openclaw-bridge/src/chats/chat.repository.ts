import { openclawEvents, type Message, type Reason } from '@aether/contracts/openclaw';
import { canSee, personOf } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyVisible } from '@aether/persistence/visibility';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { In, MoreThanOrEqual } from 'typeorm';
import { ApprovalRow } from '../approvals/approval.entity.js';
import { CLOCK } from '../tokens.js';
import { AttachmentRow } from './attachment.entity.js';
import { ChatRow } from './chat.entity.js';
import { MessageRow, fitting } from './message.entity.js';

/** A turn that has not ended, with what is needed to go on with it. */
export interface OpenTurn {
  readonly chat: ChatRow;
  readonly prompt: MessageRow;
  readonly reply: MessageRow;
}

export const OPEN_REPLY = `row.role = 'assistant' AND row.state IN ('queued', 'sent', 'streaming')`;

@Injectable()
export class ChatRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<ChatRow | null> {
    return this.database.read((manager) => manager.findOneBy(ChatRow, { id }));
  }

  /** The chat, where the actor may see it. */
  async findFor(actor: Actor, id: string): Promise<ChatRow | null> {
    const chat = await this.find(id);
    return chat && canSee(actor, chat) ? chat : null;
  }

  async list(actor: Actor, { deploymentId, ...bounds }: PageBounds & { deploymentId?: string }) {
    return this.database.read((manager) => {
      const query = onlyVisible(manager.createQueryBuilder(ChatRow, 'row'), actor);
      if (deploymentId) query.andWhere('row.deploymentId = :deploymentId', { deploymentId });
      return pageById(query, bounds);
    });
  }

  /** Shorter pages than asked for where the messages are long. */
  async messages(
    chatId: string,
    { upTo, ...bounds }: PageBounds & { upTo?: number },
  ): Promise<{ items: MessageRow[]; nextCursor: string | null }> {
    const page = await this.database.read((manager) => {
      const query = manager.createQueryBuilder(MessageRow, 'row').where('row.chatId = :chatId', { chatId });
      if (upTo !== undefined) query.andWhere('row.seq <= :upTo', { upTo });
      return pageById(query, bounds);
    });
    const limit = fitting(page.items).length;
    return limit < page.items.length ? this.messages(chatId, { ...bounds, upTo, limit }) : page;
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
      | 'connectionId'
      | 'deploymentId'
      | 'agentId'
      | 'title'
      | 'directory'
      | 'permissions'
      | 'missionId'
      | 'visibility'
    > & { createdBy?: string },
  ): Promise<ChatRow> {
    const now = this.clock.now();
    const chat = Object.assign(new ChatRow(), {
      createdBy: personOf(tx.context.actor),
      ...fields,
      id: newId(),
      lastSeq: 0,
      createdAt: now,
      updatedAt: now,
    });
    await tx.manager.insert(ChatRow, chat);
    await tx.publish(openclawEvents.chatCreated, { chat: chat.reply() }, chat);
    return chat;
  }

  /** Applies `change` under a lock and tells of it; null where the chat is gone. */
  async update(tx: Transaction, id: string, change: (chat: ChatRow) => void): Promise<ChatRow | null> {
    const chat = await tx.manager.findOne(ChatRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!chat) return null;
    change(chat);
    await tx.manager.save(chat);
    await tx.publish(openclawEvents.chatChanged, { chat: chat.reply() }, chat);
    return chat;
  }

  /** Adds a message and the reply that will grow. One turn of a chat runs at a time. */
  async beginTurn(
    tx: Transaction,
    chatId: string,
    said: {
      id?: string | undefined;
      text: string;
      attachments: Message['attachments'];
      waitsFor: (connectionId: string) => Reason | null;
    },
  ): Promise<OpenTurn | 'busy' | 'gone'> {
    const { manager } = tx;
    const chat = await manager.findOne(ChatRow, {
      where: { id: chatId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!chat || !canSee(tx.context.actor, chat)) return 'gone';
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
      attachments: [],
      sentAt: null,
      abortRequestedAt: null,
      createdAt: now,
    };
    const prompt = Object.assign(new MessageRow(), common, {
      id: said.id ?? newId(),
      seq: chat.lastSeq + 1,
      role: 'user',
      text: said.text,
      attachments: said.attachments,
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
    await tx.publish(openclawEvents.messageStored, { message: prompt.reply() }, chat);
    return { chat, prompt, reply };
  }

  /** Open turns of a connection's chats, or those of these replies, oldest first. */
  async openTurns(of: { connectionId: string } | { replyIds: string[] }): Promise<OpenTurn[]> {
    return this.database.read(async (manager) => {
      const replies = await manager
        .createQueryBuilder(MessageRow, 'row')
        .innerJoin(ChatRow, 'chat', 'chat.id = row.chatId')
        .where(OPEN_REPLY)
        .andWhere('connectionId' in of ? 'chat.connectionId = :connectionId' : 'row.id IN (:...replyIds)', of)
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

  /** Deletes a chat that the caller may see; null where there is none. */
  async delete(tx: Transaction, id: string): Promise<ChatRow | null> {
    const chat = await tx.manager.findOneBy(ChatRow, { id });
    if (!chat || !canSee(tx.context.actor, chat)) return null;
    await this.drop(tx, chat);
    return chat;
  }

  /** Deletes the chats of a connection that is removed, whoever sees them, and returns their ids. */
  async deleteOfConnection(tx: Transaction, connectionId: string): Promise<string[]> {
    const chats = await tx.manager.findBy(ChatRow, { connectionId });
    for (const chat of chats) await this.drop(tx, chat);
    return chats.map(({ id }) => id);
  }

  private async drop(tx: Transaction, chat: ChatRow): Promise<void> {
    const ofChat = { chatId: chat.id };
    await tx.manager.delete(AttachmentRow, ofChat);
    await tx.manager.delete(ApprovalRow, ofChat);
    await tx.manager.delete(MessageRow, ofChat);
    await tx.manager.delete(ChatRow, { id: chat.id });
    await tx.publish(openclawEvents.chatDeleted, ofChat, chat);
  }
}
