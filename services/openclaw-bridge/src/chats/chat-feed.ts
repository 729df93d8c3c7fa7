import { openclawLive, type ChatFrame } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { MessageRow } from './message.entity.js';
import type { Turn } from './turn.js';

/** Fast enough for eyes, slow enough to gather a burst of tokens into one frame. */
const GATHER_MS = 20;

/** Shows what happens in a chat to whoever looks at it now. */
@Injectable()
export class ChatFeed {
  private readonly gathering = new Map<Turn, NodeJS.Timeout>();

  constructor(private readonly messaging: Messaging) {}

  message(row: MessageRow): void {
    this.publish(row.chatId, `${row.seq}:${row.text.length}`, { kind: 'message', message: row.reply() });
  }

  /** Shows new text: at once after a pause, gathered within a burst. */
  text(turn: Turn): void {
    if (this.gathering.has(turn)) return;
    this.showText(turn);
    const timer = setTimeout(() => {
      this.gathering.delete(turn);
      this.showText(turn);
    }, GATHER_MS);
    this.gathering.set(turn, timer);
  }

  /** Shows what is left of a turn's text before its end is told. */
  settle(turn: Turn): void {
    clearTimeout(this.gathering.get(turn));
    this.gathering.delete(turn);
    this.showText(turn);
  }

  /** What the agent does, or waits for, while there is no new text. */
  status(turn: Turn, phase: string): void {
    this.about(turn, { kind: 'status', messageId: turn.replyId, seq: turn.seq, phase });
  }

  /** Whoever looks at the chat has to ask anew whether they may. */
  accessChanged(chatId: string): void {
    this.publish(chatId, '', { kind: 'access' });
  }

  about(turn: Turn, frame: ChatFrame): void {
    this.publish(turn.chatId, turn.cursor, frame);
  }

  private showText(turn: Turn): void {
    const delta = turn.takeDelta();
    if (delta) this.about(turn, delta);
  }

  private publish(chatId: string, cursor: string, data: ChatFrame): void {
    this.messaging.publishLive(openclawLive.chat, chatId, { cursor, data });
  }
}
