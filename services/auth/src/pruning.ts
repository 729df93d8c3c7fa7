import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock } from './clock.js';
import { deleteWhatCannotMatter } from './pruning.repository.js';

export const LOGGER = Symbol('Logger');

const EVERY_MS = 3_600_000;

@Injectable()
export class Pruning implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      void this.execute().catch((error: unknown) => this.logger.error({ err: error }, 'pruning failed'));
    }, EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async execute(): Promise<void> {
    await this.database.transaction(serviceContext('auth'), ({ manager }) =>
      deleteWhatCannotMatter(manager, this.clock.now()),
    );
  }
}
