import type { Reason } from '@aether/contracts/openclaw';
import { Injectable } from '@nestjs/common';
import { Claims } from '../leases/claims.js';
import { ChatFeed } from './chat-feed.js';
import { ChatRepository, type OpenTurn } from './chat.repository.js';
import { OpenTurns } from './open-turns.js';
import { outcomes } from './outcomes.js';
import { TurnDriver, type Link } from './turn-driver.js';
import { TurnRepository } from './turn.repository.js';
import type { Turn } from './turn.js';

const AWAY: Reason = {
  code: 'gateway_away',
  cause: 'The agent’s gateway is not connected.',
  remedy: 'Nothing to do: the message is sent as soon as it is back.',
};

/** What becomes of turns when people, or connections, come and go. */
@Injectable()
export class Turns {
  constructor(
    private readonly claims: Claims,
    private readonly chats: ChatRepository,
    private readonly rows: TurnRepository,
    private readonly open: OpenTurns,
    private readonly driver: TurnDriver,
    private readonly feed: ChatFeed,
  ) {}

  /** What a message to this gateway has to wait for, or null. */
  waitsFor(connectionId: string): Reason | null {
    return this.driver.linkOf(connectionId) ? null : AWAY;
  }

  /** Begins a stored turn, now or when its gateway is there. Whoever holds another connection's gathers it. */
  begin(stored: OpenTurn): void {
    const { chat, reply } = stored;
    if (!this.claims.has(chat.connectionId) || this.open.replyIds.has(reply.id)) return;
    const turn = this.open.take(stored);
    if (turn.abortRequested) void this.stop(turn);
    else void this.driver.advance(turn);
  }

  /** Takes up what others stored, or left, for the connections that are held here. */
  async gather(): Promise<void> {
    const { all, replyIds } = this.open;
    const stored = await this.rows.openReplies(this.claims.instance);
    const unknown = stored.filter(({ id }) => !replyIds.has(id)).map(({ id }) => id);
    if (unknown.length > 0)
      for (const turn of await this.chats.openTurns({ replyIds: unknown })) this.begin(turn);
    const aborted = new Set(stored.filter((reply) => reply.abortRequestedAt).map(({ id }) => id));
    for (const turn of all)
      if (aborted.has(turn.replyId) && !turn.abortRequested) {
        turn.abortRequested = true;
        void this.stop(turn);
      }
  }

  /** How many turns are under way at a connection. */
  openAt(connectionId: string): number {
    return this.open.ofConnection(connectionId).length;
  }

  /** A gateway is there (again): unsent turns are sent, the others found in its history. */
  async connected(link: Link): Promise<void> {
    this.driver.link(link);
    for (const stored of await this.chats.openTurns({ connectionId: link.connectionId })) {
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

  /** Another instance goes on with this connection's turns. */
  letGo(connectionId: string): void {
    this.driver.unlink(connectionId);
    for (const turn of this.open.ofConnection(connectionId)) this.open.forget(turn);
  }

  /** Frames were lost on a live connection: what they told is read from the history. */
  async resynchronise(connectionId: string): Promise<void> {
    const turns = this.open.ofConnection(connectionId).filter((turn) => turn.sentAt !== null);
    await Promise.all(turns.map((turn) => this.driver.advance(turn)));
  }

  /** Has a turn stopped, now or when its gateway is back. False where none is open. */
  async abort(chatId: string): Promise<boolean> {
    const turn = this.open.ofChat(chatId);
    if (turn) turn.abortRequested = true;
    const isOpen = await this.rows.requestAbort(chatId);
    if (turn) await this.stop(turn);
    return isOpen;
  }

  /** Lets go of a deleted chat's turn, and stops its run. */
  async forget(chatId: string): Promise<void> {
    const turn = this.open.ofChat(chatId);
    if (!turn) return;
    this.open.forget(turn);
    if (turn.sentAt) await this.driver.stopRun(turn);
  }

  private async stop(turn: Turn): Promise<void> {
    if (turn.sentAt) void this.driver.advance(turn);
    else await this.driver.end(turn, outcomes.aborted(turn.text));
  }
}
