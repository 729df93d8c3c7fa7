import { openclawRequests, type Attachment, type Message } from '@aether/contracts/openclaw';
import type { InputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { personOf, requireService, requireServiceOr } from '@aether/messaging/access';
import { UNTOLD } from './attachments.js';
import { AttachmentRepository } from './attachment.repository.js';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository, type OpenTurn } from './chat.repository.js';
import { Turns } from './turns.js';

const contract = openclawRequests.sendMessage;

@Injectable()
export class SendMessage {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly attachments: AttachmentRepository,
    private readonly connections: ConnectionRepository,
    private readonly turns: Turns,
    private readonly feed: ChatFeed,
  ) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Message> {
    requireServiceOr(context, 'chats:write');
    if (input.messageId !== undefined) requireService(context);
    if (input.text === '' && input.attachmentIds.length === 0)
      throw context.fail('invalid_input', { issues: [{ path: 'text', message: 'must not be empty' }] });
    return this.database.once({ contract, input, context }, async (tx) => {
      const attachments = await this.brought(tx, input, context);
      const turn = await this.chats.beginTurn(tx, input.id, {
        id: input.messageId,
        text: input.text,
        attachments,
        waitsFor: (connectionId) => this.turns.waitsFor(connectionId),
      });
      if (turn === 'gone') throw context.fail('chat_not_found');
      if (turn === 'busy') throw context.fail('turn_running');
      await this.attachments.markSent(tx, input.attachmentIds, turn.prompt.id);
      tx.afterCommit(() => this.show(turn));
      return turn.prompt.reply();
    });
  }

  /** The files that are named, if all of them are there and the gateway takes them together. */
  private async brought(
    tx: Transaction,
    { id: chatId, attachmentIds }: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<Attachment[]> {
    if (attachmentIds.length === 0) return [];
    const chat = await this.chats.findFor(context.actor, chatId);
    if (!chat) throw context.fail('chat_not_found');
    const createdBy = personOf(context.actor);
    const rows = await this.attachments.unsent(tx, attachmentIds, { chatId, createdBy });
    if (!rows) throw context.fail('attachment_not_found');
    const { maxTotalBytes } = (await this.connections.find(chat.connectionId))?.limits ?? UNTOLD;
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    if (bytes > maxTotalBytes)
      throw context.fail('attachments_too_large', {
        detail: `They have ${bytes} bytes; the gateway takes ${maxTotalBytes} with one message at most.`,
      });
    return rows.map((row) => row.reply());
  }

  private show(turn: OpenTurn): void {
    this.feed.message(turn.prompt);
    this.feed.message(turn.reply);
    this.turns.begin(turn);
  }
}
