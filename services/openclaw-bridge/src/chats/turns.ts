import type { Reason } from '@aether/contracts/openclaw';
import { Injectable } from '@nestjs/common';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository, type OpenTurn } from './chat.repository.js';
import { OpenTurns } from './open-turns.js';
import { outcomes } from './outcomes.js';
import { TurnDriver, type Link } from './turn-driver.js';

const AWAY: Reason = {
  code: 'gateway_away',
  cause: 'The agent’s gateway is not connected.',
  remedy: 'Nothing to do: the message is sent as soon as it is back.',
};

/** What becomes of turns when people, or connections, come and go. */
@Injectable()
export class Turns {
  constructor(
    private readonly chats: ChatRepository,
    private readonly open: OpenTurns,
    private readonly driver: TurnDriver,
    private readonly feed: ChatFeed,
  ) {}

  /** What a message to this gateway has to wait for, or null. */
  waitsFor(connectionId: string): Reason | null {
    return this.driver.linkOf(connectionId) ? null : AWAY;
  }

  /** Begins a stored turn, now or when its gateway is there. */
  begin(stored: OpenTurn): void {
    void this.driver.advance(this.open.take(stored));
  }

  /** A gateway is there (again): unsent turns are sent, the others found in its history. */
  async connected(link: Link): Promise<void> {
    this.driver.link(link);
    for (const stored of await this.chats.openTurns(link.connectionId)) {
      const turn = this.open.take(stored);
      turn.mayAdopt = turn.sentAt !== null;
      void this.driver.advance(turn);
    }
  }

  disconnected(connectionId: string): void {
    this.driver.unlink(connectionId);
    for (const turn of this.open.ofConnection(connectionId)) {
      // From here on: what the gateway goes on with may come before its history was read.
      turn.mayAdopt = turn.sentAt !== null;
      this.feed.status(turn, 'waiting_for_gateway');
    }
  }

  /** Frames were lost on a live connection: what they told is read from the history. */
  async resynchronise(connectionId: string): Promise<void> {
    const turns = this.open.ofConnection(connectionId).filter((turn) => turn.sentAt !== null);
    await Promise.all(turns.map((turn) => this.driver.advance(turn)));
  }

  /** Has a turn stopped, now or when its gateway is back. False where none is open. */
  async abort(chatId: string): Promise<boolean> {
    const turn = this.open.ofChat(chatId);
    if (!turn) return false;
    turn.abortRequested = true;
    await this.chats.requestAbort(turn.replyId);
    if (turn.sentAt) void this.driver.advance(turn);
    else await this.driver.end(turn, outcomes.aborted(turn.text));
    return true;
  }

  /** Lets go of a deleted chat's turn, and stops its run. */
  async forget(chatId: string): Promise<void> {
    const turn = this.open.ofChat(chatId);
    if (turn && this.open.end(turn) && turn.sentAt) await this.driver.stopRun(turn);
  }
}
