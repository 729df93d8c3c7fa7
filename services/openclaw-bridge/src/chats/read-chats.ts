import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { Chat, openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from './chat.repository.js';
import { fitting } from './message.entity.js';
import { OpenTurns } from './open-turns.js';

type Requests = typeof openclawRequests;
type Page = OutputOf<Requests['listMessages']>;

@Injectable()
export class ReadChats {
  constructor(
    private readonly chats: ChatRepository,
    private readonly turns: OpenTurns,
  ) {}

  async list(
    query: InputOf<Requests['listChats']>,
    { actor }: Context,
  ): Promise<OutputOf<Requests['listChats']>> {
    const page = await this.chats.list(actor, query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: RequestContext<Requests['getChat']>): Promise<Chat> {
    const row = await this.chats.findFor(context.actor, id);
    if (!row) throw context.fail('chat_not_found');
    return row.reply();
  }

  async messages(
    { id, from, ...bounds }: InputOf<Requests['listMessages']>,
    context: RequestContext<Requests['listMessages']>,
  ): Promise<Page> {
    if (!(await this.chats.findFor(context.actor, id))) throw context.fail('chat_not_found');
    if (from !== undefined) return this.newer({ id, from, ...bounds }, context);
    const page = await this.chats.messages(id, bounds);
    for (const row of page.items) this.turns.refresh(row);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  /** Numbers have no holes, so the next one is where the next page begins. */
  private async newer(
    { id, from, limit, cursor, upTo }: InputOf<Requests['listMessages']> & { from: number },
    context: RequestContext<Requests['listMessages']>,
  ): Promise<Page> {
    if (upTo !== undefined)
      throw context.fail('invalid_input', { issues: [{ path: 'upTo', message: 'goes without `from`' }] });
    if (cursor !== undefined && !/^\d{1,9}$/.test(cursor))
      throw context.fail('invalid_input', {
        issues: [{ path: 'cursor', message: 'pass back a `nextCursor` unchanged' }],
      });
    const rows = await this.chats.messagesFrom(id, { seq: Number(cursor ?? from), limit: limit + 1 });
    const items = fitting(rows.slice(0, limit));
    for (const row of items) this.turns.refresh(row);
    const next = rows[items.length];
    return { items: items.map((row) => row.reply()), nextCursor: next ? String(next.seq) : null };
  }
}
