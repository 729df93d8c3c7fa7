import { openclawRequests, type Message } from '@aether/contracts/openclaw';
import type { InputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requireService, requireServiceOr } from '@aether/messaging/access';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository, type OpenTurn } from './chat.repository.js';
import { Turns } from './turns.js';

const contract = openclawRequests.sendMessage;

@Injectable()
export class SendMessage {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly turns: Turns,
    private readonly feed: ChatFeed,
  ) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Message> {
    requireServiceOr(context, 'chats:write');
    if (input.messageId !== undefined) requireService(context);
    return this.database.once({ contract, input, context }, async (tx) => {
      const turn = await this.chats.beginTurn(tx, input.id, {
        id: input.messageId,
        text: input.text,
        waitsFor: (connectionId) => this.turns.waitsFor(connectionId),
      });
      if (turn === 'gone') throw context.fail('chat_not_found');
      if (turn === 'busy') throw context.fail('turn_running');
      tx.afterCommit(() => this.show(turn));
      return turn.prompt.reply();
    });
  }

  private show(turn: OpenTurn): void {
    this.feed.message(turn.prompt);
    this.feed.message(turn.reply);
    this.turns.begin(turn);
  }
}
