import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from '../chats/chat.repository.js';
import { Turns } from '../chats/turns.js';
import { ConnectionHub } from './connection-hub.js';
import { ConnectionRepository } from './connection.repository.js';

@Injectable()
export class CloseConnection {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly chats: ChatRepository,
    private readonly turns: Turns,
    private readonly hub: ConnectionHub,
  ) {}

  /** Closing what is not open is fine: the caller may be asking again after a crash. */
  async execute(
    input: { deploymentId: string; remove: boolean },
    context: Context,
  ): Promise<{ closed: boolean }> {
    const row = await this.connections.findByDeployment(input.deploymentId);
    if (!row) return { closed: false };
    await this.hub.close(row.id);
    await this.connections.update(row.id, context, (connection) => connection.close());
    if (input.remove) {
      const chats = await this.chats.ofConnection(row.id);
      for (const chat of chats) this.turns.forget(chat.id);
      await this.chats.deleteAll(context, chats);
    }
    return { closed: true };
  }
}
