import { setTimeout as delay } from 'node:timers/promises';
import type { ToolCall } from '@aether/contracts/openclaw';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LOGGER } from '../tokens.js';
import { ChatFeed } from './chat-feed.js';
import type { Outcome } from './message.entity.js';
import { TurnRepository } from './turn.repository.js';
import type { Turn } from './turn.js';

/** At most this much text is read again from the gateway after a crash of ours. */
const SAVE_EVERY_MS = 500;
const RETRY_MS = 1_000;

/** Keeps turns in rows: now and then while they run, and for certain when they end. */
@Injectable()
export class TurnStore implements BeforeApplicationShutdown {
  private readonly saving = new Map<Turn, Promise<void>>();
  private stopped = false;

  constructor(
    private readonly turns: TurnRepository,
    private readonly feed: ChatFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Saves soon, once for everything that comes until then. */
  progress(turn: Turn): void {
    if (turn.ended || this.saving.has(turn)) return;
    const work = delay(SAVE_EVERY_MS)
      .then(() => (turn.ended ? undefined : this.turns.saveProgress(turn)))
      .catch((error: unknown) =>
        this.logger.warn({ err: error, chatId: turn.chatId }, 'progress was not saved'),
      )
      .finally(() => this.saving.delete(turn));
    this.saving.set(turn, work);
  }

  /** Tells of a tool's answer. Lost in an outage it is still part of the message, which is told for certain. */
  toolFinished(turn: Turn, toolCall: ToolCall): void {
    this.turns
      .toolFinished(turn, toolCall)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, chatId: turn.chatId }, 'a tool call was not told'),
      );
  }

  /** Ends a turn; goes on trying while the database is away. Does nothing where the turn is somebody else's by now. */
  async finish(turn: Turn, outcome: Outcome): Promise<void> {
    this.feed.settle(turn);
    while (!this.stopped) {
      try {
        const row = await this.turns.finish(turn, outcome);
        if (row) this.feed.message(row);
        return;
      } catch (error) {
        this.logger.warn({ err: error, chatId: turn.chatId }, 'the end of a turn was not saved yet');
        await delay(RETRY_MS);
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.saving.values());
  }
}
