import { wordsOf } from '@aether/contracts/chat-search';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from './chat.repository.js';
import { MessageSearch } from './message-search.repository.js';

type Contract = typeof openclawRequests.searchMessages;
/** Characters of an excerpt before and after its first word. */
const BEFORE = 60;
const AFTER = 180;

@Injectable()
export class SearchMessages {
  constructor(
    private readonly chats: ChatRepository,
    private readonly messages: MessageSearch,
  ) {}

  async execute(
    { query, chatId, ...bounds }: InputOf<Contract>,
    context: RequestContext<Contract>,
  ): Promise<OutputOf<Contract>> {
    if (chatId !== undefined && !(await this.chats.findFor(context.actor, chatId)))
      throw context.fail('chat_not_found');
    const words = wordsOf(query);
    const { items, nextCursor } = await this.messages.find(context.actor, { words, chatId, ...bounds });
    return {
      nextCursor,
      items: items.map(({ message: { id, seq, role, text, createdAt }, chat }) => ({
        id,
        chatId: chat.id,
        chatTitle: chat.title,
        deploymentId: chat.deploymentId,
        agentId: chat.agentId,
        seq,
        role,
        excerpt: excerptOf(text, words),
        createdAt: createdAt.toISOString(),
      })),
    };
  }
}

/** The text around the first of the words, on one line. */
function excerptOf(text: string, words: readonly string[]): string {
  const small = text.toLowerCase();
  const places = words.map((word) => small.indexOf(word)).filter((place) => place >= 0);
  const first = places.length > 0 ? Math.min(...places) : 0;
  const from = Math.max(0, first - BEFORE);
  const cut = text
    .slice(from, first + AFTER)
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return `${from > 0 ? '…' : ''}${cut}${first + AFTER < text.length ? '…' : ''}`;
}
