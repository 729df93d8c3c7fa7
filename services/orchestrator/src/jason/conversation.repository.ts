import { newId } from '@aether/messaging/id';
import { personOf } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import type { EntityManager, QueryDeepPartialEntity } from 'typeorm';
import { ConversationRow } from './conversation.entity.js';
import { JasonMessageRow } from './jason-message.entity.js';

/** What the person said, and the place of Jason's answer. */
export interface Exchange {
  readonly said: JasonMessageRow;
  readonly answer: JasonMessageRow;
}

@Injectable()
export class ConversationRepository {
  constructor(private readonly database: Database) {}

  async create(
    { manager, context }: Transaction,
    given: Pick<ConversationRow, 'title' | 'missionId'>,
  ): Promise<ConversationRow> {
    const now = new Date();
    const row = manager.create(ConversationRow, {
      ...given,
      id: newId(),
      lastSeq: 0,
      createdBy: personOf(context.actor),
      createdAt: now,
      updatedAt: now,
    });
    return manager.save(row);
  }

  /** A conversation is its person's alone, whatever their role; to others it is not there. */
  async findOf(actor: Actor, id: string): Promise<ConversationRow | null> {
    return this.database.read((manager) =>
      manager.findOneBy(ConversationRow, { id, createdBy: personOf(actor) }),
    );
  }

  async find(id: string): Promise<ConversationRow | null> {
    return this.database.read((manager) => manager.findOneBy(ConversationRow, { id }));
  }

  async list(actor: Actor, { missionId, ...bounds }: PageBounds & { missionId?: string }) {
    return this.database.read((manager) => {
      const query = manager
        .createQueryBuilder(ConversationRow, 'conversation')
        .where('conversation.created_by = :person', { person: personOf(actor) });
      if (missionId) query.andWhere('conversation.mission_id = :missionId', { missionId });
      return pageById(query, bounds);
    });
  }

  async remove({ manager }: Transaction, id: string): Promise<void> {
    await manager.delete(JasonMessageRow, { conversationId: id });
    await manager.delete(ConversationRow, { id });
  }

  /** Stores what was said and opens the answer; null while another answer is open. */
  async say({ manager }: Transaction, { id, text }: { id: string; text: string }): Promise<Exchange | null> {
    const conversation = await manager.findOne(ConversationRow, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!conversation) return null;
    const open = await manager.countBy(JasonMessageRow, [
      { conversationId: id, state: 'queued' },
      { conversationId: id, state: 'streaming' },
    ]);
    if (open > 0) return null;
    const now = new Date();
    const blank = {
      conversationId: id,
      actions: [],
      demo: false,
      reason: null,
      abortRequested: false,
      createdAt: now,
    };
    const said = manager.create(JasonMessageRow, {
      ...blank,
      id: newId(),
      seq: conversation.lastSeq + 1,
      role: 'user',
      text,
      state: 'complete',
      finishedAt: now,
    });
    const answer = manager.create(JasonMessageRow, {
      ...blank,
      id: newId(),
      seq: conversation.lastSeq + 2,
      role: 'jason',
      text: '',
      state: 'queued',
      finishedAt: null,
    });
    conversation.lastSeq += 2;
    conversation.updatedAt = now;
    await manager.save([said, answer]);
    await manager.save(conversation);
    return { said, answer };
  }

  async setMission(id: string, missionId: string): Promise<void> {
    await this.database.read((manager) => manager.update(ConversationRow, { id }, { missionId }));
  }

  async message(id: string): Promise<JasonMessageRow | null> {
    return this.database.read((manager) => manager.findOneBy(JasonMessageRow, { id }));
  }

  async openAnswer(conversationId: string): Promise<JasonMessageRow | null> {
    return this.database.read((manager) =>
      manager.findOneBy(JasonMessageRow, [
        { conversationId, state: 'queued' },
        { conversationId, state: 'streaming' },
      ]),
    );
  }

  /** Writes what an answer has become; true where somebody wishes to abort it, or it is gone. */
  async save(row: JasonMessageRow, transaction?: Transaction): Promise<boolean> {
    const { id, text, state, actions, demo, reason, finishedAt } = row;
    // Not the whole row: the wish to abort may be written elsewhere at any moment.
    const grown = { text, state, actions, demo, reason, finishedAt };
    const write = async (manager: EntityManager) => {
      const result = await manager
        .createQueryBuilder()
        .update(JasonMessageRow)
        // TypeORM's type has no place for JSON of any shape.
        .set(grown as QueryDeepPartialEntity<JasonMessageRow>)
        .where({ id })
        .returning('abort_requested')
        .execute();
      const [stored] = result.raw as { abort_requested: boolean }[];
      return stored?.abort_requested ?? true;
    };
    return transaction ? write(transaction.manager) : this.database.read(write);
  }

  async requestAbort(id: string): Promise<void> {
    await this.database.read((manager) => manager.update(JasonMessageRow, { id }, { abortRequested: true }));
  }

  /** Messages from a sequence on, oldest first. */
  async messagesFrom(
    conversationId: string,
    { seq, limit }: { seq: number; limit: number },
  ): Promise<JasonMessageRow[]> {
    return this.database.read((manager) =>
      manager
        .createQueryBuilder(JasonMessageRow, 'message')
        .where('message.conversation_id = :conversationId AND message.seq >= :seq', { conversationId, seq })
        .orderBy('message.seq')
        .take(limit)
        .getMany(),
    );
  }

  async messages(conversationId: string, bounds: PageBounds) {
    return this.database.read((manager) =>
      pageById(
        manager
          .createQueryBuilder(JasonMessageRow, 'message')
          .where('message.conversation_id = :conversationId', { conversationId }),
        bounds,
      ),
    );
  }
}
