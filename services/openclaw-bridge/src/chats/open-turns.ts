import { Injectable } from '@nestjs/common';
import type { OpenTurn } from './chat.repository.js';
import type { MessageRow } from './message.entity.js';
import { Turn } from './turn.js';

/** Every turn that has not ended, in memory; a chat has at most one. */
@Injectable()
export class OpenTurns {
  private readonly bySession = new Map<string, Turn>();

  get all(): Turn[] {
    return [...this.bySession.values()].filter((turn) => !turn.ended);
  }

  /** Ids of the replies that are known here, with those whose end is being stored. */
  get replyIds(): Set<string> {
    return new Set([...this.bySession.values()].map(({ replyId }) => replyId));
  }

  /** The turn of this row, made where it is not known yet. */
  take(open: OpenTurn): Turn {
    const known = this.bySession.get(open.chat.sessionKey);
    if (known?.replyId === open.reply.id) return known;
    const turn = new Turn(open);
    this.bySession.set(turn.sessionKey, turn);
    return turn;
  }

  ofSession(sessionKey: string): Turn | undefined {
    const turn = this.bySession.get(sessionKey);
    return turn?.ended ? undefined : turn;
  }

  ofChat(chatId: string): Turn | undefined {
    return this.all.find((turn) => turn.chatId === chatId);
  }

  ofConnection(connectionId: string): Turn[] {
    return this.all.filter((turn) => turn.connectionId === connectionId);
  }

  /** Marks a turn as ended; false where it had ended before. */
  end(turn: Turn): boolean {
    if (turn.ended) return false;
    turn.ended = true;
    return true;
  }

  /** Forgets a turn whose end is stored, or that goes on somewhere else. */
  forget(turn: Turn): void {
    turn.ended = true;
    if (this.bySession.get(turn.sessionKey) === turn) this.bySession.delete(turn.sessionKey);
  }

  /** Brings a row up to date: the text of a running turn is ahead of it. */
  refresh(row: MessageRow): Turn | undefined {
    const turn = row.isOpen ? this.all.find((candidate) => candidate.replyId === row.id) : undefined;
    if (turn) {
      row.text = turn.text;
      row.toolCalls = turn.tools.list;
    }
    return turn;
  }
}
