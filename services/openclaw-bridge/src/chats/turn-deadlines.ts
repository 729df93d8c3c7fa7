import type { Clock } from '@aether/runtime/clock';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { OpenTurns } from './open-turns.js';
import { outcomes } from './outcomes.js';
import { TurnDriver } from './turn-driver.js';
import type { Turn } from './turn.js';

const LOOK_EVERY_MS = 1_000;
/** A turn that nothing was heard of for so long is looked up: its end may have been lost without a gap. */
const QUIET_MS = 30_000;

/** Ends what has waited too long, so that nothing hangs. */
@Injectable()
export class TurnDeadlines implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly open: OpenTurns,
    private readonly driver: TurnDriver,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: BridgeConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.open.all.forEach((turn) => this.look(turn)), LOOK_EVERY_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(turn: Turn): void {
    const { QUEUE_MAX_S, TURN_MAX_S } = this.config;
    if (!turn.sentAt && this.isOver(turn.queuedAt, QUEUE_MAX_S * 1_000))
      void this.driver.end(turn, outcomes.queueTimeout(turn.text));
    else if (this.isOver(turn.resumeBy, 0)) void this.driver.end(turn, outcomes.turnLost(turn.text));
    else if (this.isOver(turn.sentAt, TURN_MAX_S * 1_000)) {
      void this.driver.end(turn, outcomes.turnTimeout(turn.text));
      void this.driver.stopRun(turn);
    } else if (this.isOver(turn.heardAt, QUIET_MS) && this.driver.linkOf(turn.connectionId))
      void this.driver.advance(turn);
  }

  private isOver(since: Date | null, ms: number): boolean {
    return since !== null && this.clock.now().getTime() > since.getTime() + ms;
  }
}
