import type { Context } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from '../chats/chat.repository.js';
import { TurnRepository } from '../chats/turn.repository.js';
import { Turns } from '../chats/turns.js';
import { ConnectionHub } from './connection-hub.js';
import { ConnectionRepository } from './connection.repository.js';

@Injectable()
export class CloseConnection {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly chats: ChatRepository,
    private readonly rows: TurnRepository,
    private readonly turns: Turns,
    private readonly hub: ConnectionHub,
  ) {}

  /** Closing what is not open is fine: the caller may be asking again after a crash. */
  async execute(
    input: { deploymentId: string; drain: boolean; remove: boolean },
    context: Context,
  ): Promise<{ closed: boolean; running: number }> {
    const row = await this.connections.findByDeployment(input.deploymentId);
    if (!row) return { closed: false, running: 0 };
    const running = input.drain ? await this.drain(row.id, context) : 0;
    if (running > 0) return { closed: false, running };
    await this.connections.update({ id: row.id }, context, (connection) => connection.close());
    await this.hub.letGo(row.id);
    if (input.remove) await this.remove(row.id, context);
    return { closed: true, running: 0 };
  }

  /** Has no further turn begun, and tells how many still run. */
  private async drain(id: string, context: Context): Promise<number> {
    const row = await this.connections.update({ id }, context, (connection) => connection.drain());
    return row?.isDraining ? this.rows.countSent(id) : 0;
  }

  private async remove(id: string, context: Context): Promise<void> {
    const chats = await this.database.transaction(context, async (tx) => {
      await this.connections.remove(tx, id);
      return this.chats.deleteOfConnection(tx, id);
    });
    for (const chatId of chats) void this.turns.forget(chatId);
  }
}
