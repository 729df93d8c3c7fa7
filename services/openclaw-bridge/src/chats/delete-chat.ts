import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '@aether/runtime/logger';
import { ConnectionHub } from '../connections/connection-hub.js';
import { LOGGER } from '../tokens.js';
import { requireServiceOr } from '@aether/messaging/access';
import type { ChatRow } from './chat.entity.js';
import { ChatRepository } from './chat.repository.js';
import { Turns } from './turns.js';

@Injectable()
export class DeleteChat {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly turns: Turns,
    private readonly hub: ConnectionHub,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(
    { id }: { id: string },
    context: RequestContext<typeof openclawRequests.deleteChat>,
  ): Promise<Chat> {
    requireServiceOr(context, 'chats:write');
    const chat = await this.database.transaction(context, (tx) => this.chats.delete(tx, id));
    if (!chat) throw context.fail('chat_not_found');
    void this.deleteAtGateway(chat);
    return chat.reply();
  }

  /** The gateway may be away, or never have heard of the session: the chat is gone for people either way. */
  private async deleteAtGateway(chat: ChatRow): Promise<void> {
    try {
      await this.turns.forget(chat.id);
      await this.hub.request(chat.connectionId, 'sessions.delete', { params: { key: chat.sessionKey } });
    } catch (error) {
      this.logger.info({ err: error, chatId: chat.id }, 'the gateway kept its copy of a chat');
    }
  }
}
