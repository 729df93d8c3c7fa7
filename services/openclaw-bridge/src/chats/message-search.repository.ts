import type { Actor } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyWhereVisible } from '@aether/persistence/visibility';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ChatRow } from './chat.entity.js';
import { MessageRow } from './message.entity.js';

/** As the index IDX_message_words has it. Words are told apart as `wordsOf` of the contracts does. */
const WORDS = `to_tsvector('simple', regexp_replace(left(message.text, 100000), '[!-/:-@[-\`{-~]+', ' ', 'g'))`;

export interface Found {
  readonly message: MessageRow;
  readonly chat: ChatRow;
}

/** Finds messages by their words, in PostgreSQL's own text search. */
@Injectable()
export class MessageSearch {
  constructor(private readonly database: Database) {}

  async find(
    actor: Actor,
    { words, chatId, ...bounds }: PageBounds & { words: readonly string[]; chatId?: string | undefined },
  ): Promise<{ items: Found[]; nextCursor: string | null }> {
    return this.database.read(async (manager) => {
      const query = manager
        .createQueryBuilder(MessageRow, 'message')
        .innerJoin(ChatRow, 'chat', 'chat.id = message.chatId')
        .where('message.finishedAt IS NOT NULL')
        // A word holds no sign that means something to tsquery; those were taken out with the spaces.
        .andWhere(`${WORDS} @@ to_tsquery('simple', :words)`, {
          words: words.map((word) => `${word}:*`).join(' & '),
        });
      if (chatId !== undefined) query.andWhere('message.chatId = :chatId', { chatId });
      const page = await pageById(onlyWhereVisible(query, 'chat', actor), bounds);
      const chats = await manager.findBy(ChatRow, { id: In(page.items.map((message) => message.chatId)) });
      return {
        ...page,
        items: page.items.flatMap((message) => {
          const chat = chats.find(({ id }) => id === message.chatId);
          return chat ? [{ message, chat }] : [];
        }),
      };
    });
  }
}
