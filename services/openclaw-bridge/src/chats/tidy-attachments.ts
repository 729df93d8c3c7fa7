import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { AttachmentRepository } from './attachment.repository.js';

/** Removes files that were brought for a message nobody sent. */
@Injectable()
export class TidyAttachments implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly periodic: Periodic;

  constructor(
    attachments: AttachmentRepository,
    @Inject(CLOCK) clock: Clock,
    @Inject(CONFIG) { UNSENT_MAX_S }: BridgeConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.periodic = new Periodic({
      everyMs: (UNSENT_MAX_S * 1_000) / 10,
      work: () => attachments.dropAbandoned(new Date(clock.now().getTime() - UNSENT_MAX_S * 1_000)),
      reportFault: (err) => logger.warn({ err }, 'attachments cannot be tidied now'),
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic.stop();
  }
}
