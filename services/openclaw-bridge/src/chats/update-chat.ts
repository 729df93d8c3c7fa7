import type { InputOf } from '@aether/contracts/contract';
import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import { canRestrict, canSee, requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository } from './chat.repository.js';

const contract = openclawRequests.updateChat;

@Injectable()
export class UpdateChat {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly feed: ChatFeed,
  ) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Chat> {
    requirePermission(context, 'chats:write');
    const { id, title, visibility } = input;
    return this.database.once({ contract, input, context }, async (tx) => {
      const chat = await this.chats.update(tx, id, (row) => {
        if (!canSee(context.actor, row)) throw context.fail('chat_not_found');
        if (visibility && !canRestrict(context.actor, row))
          throw context.fail('forbidden', {
            detail: 'Only the person whose chat it is, or an administrator, may say who sees it.',
          });
        if (title !== undefined) row.title = title;
        if (visibility) row.visibility = visibility;
      });
      if (!chat) throw context.fail('chat_not_found');
      if (visibility) tx.afterCommit(() => this.feed.accessChanged(id));
      return chat.reply();
    });
  }
}
