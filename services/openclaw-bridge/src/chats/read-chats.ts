import { openclawRequests, type Chat, type Message } from '@aether/contracts/openclaw';
import type { RequestContext } from '@aether/messaging/requests';
import type { PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from './chat.repository.js';
import { OpenTurns } from './open-turns.js';

@Injectable()
export class ReadChats {
  constructor(
    private readonly chats: ChatRepository,
    private readonly turns: OpenTurns,
  ) {}

  async list({
    deploymentId,
    ...bounds
  }: PageBounds & { deploymentId?: string }): Promise<{ items: Chat[]; nextCursor: string | null }> {
    const page = await this.chats.list(bounds, deploymentId);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: RequestContext<typeof openclawRequests.getChat>): Promise<Chat> {
    const row = await this.chats.find(id);
    if (!row) throw context.fail('chat_not_found');
    return row.reply();
  }

  async messages(
    { id, ...bounds }: PageBounds & { id: string },
    context: RequestContext<typeof openclawRequests.listMessages>,
  ): Promise<{ items: Message[]; nextCursor: string | null }> {
    if (!(await this.chats.find(id))) throw context.fail('chat_not_found');
    const page = await this.chats.messages(id, bounds);
    for (const row of page.items) this.turns.refresh(row);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }
}
