import type { Context } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from '../chats/chat.repository.js';
import { Turns } from '../chats/turns.js';
import { ConnectionHub } from './connection-hub.js';
import { ConnectionRepository } from './connection.repository.js';

@Injectable()
export class CloseConnection {
  constructor(
    private readonly database: Database,
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
    if (input.remove) await this.remove(row.id, context);
    return { closed: true };
  }

  private async remove(id: string, context: Context): Promise<void> {
    const chats = await this.database.transaction(context, async (tx) => {
      await this.connections.remove(tx, id);
      return this.chats.deleteOfConnection(tx, id);
    });
    for (const chatId of chats) void this.turns.forget(chatId);
  }
}
