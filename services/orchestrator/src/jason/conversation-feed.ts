import { jasonLive, type JasonFrame } from '@aether/contracts/jason';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { JasonMessageRow } from './jason-message.entity.js';

/** Shows a conversation to whoever looks at it now. */
@Injectable()
export class ConversationFeed {
  constructor(private readonly messaging: Messaging) {}

  message(row: JasonMessageRow): void {
    this.publish(row, row.text.length, { kind: 'message', message: row.reply() });
  }

  /** The text grew; what is shown was stored before, so that a reader who joins now misses nothing. */
  delta(row: JasonMessageRow, { from, to }: { from: number; to: number }): void {
    const { id: messageId, seq, text } = row;
    this.publish(row, to, { kind: 'delta', messageId, seq, offset: from, delta: text.slice(from, to) });
  }

  private publish(row: JasonMessageRow, length: number, data: JasonFrame): void {
    const cursor = `${row.seq}:${length}`;
    this.messaging.publishLive(jasonLive.conversation, row.conversationId, { cursor, data });
  }
}
