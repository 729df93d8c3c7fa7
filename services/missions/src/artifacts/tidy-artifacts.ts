import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MissionsConfig } from '../config.js';
import { CLOCK, CONFIG, CONTENT, LOGGER } from '../tokens.js';
import { ArtifactRepository } from './artifact.repository.js';
import type { ContentStore } from './content-store.js';
import { reaching } from './reaching.js';

const AT_ONCE = 100;

/** Removes what nobody will ask for: artifacts that were never sent to the end, and contents without an artifact. */
@Injectable()
export class TidyArtifacts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly periodic: Periodic;

  constructor(
    private readonly database: Database,
    private readonly artifacts: ArtifactRepository,
    @Inject(CONTENT) private readonly content: ContentStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: MissionsConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.periodic = new Periodic({
      everyMs: (config.ARTIFACT_GRACE_S * 1_000) / 10,
      work: () => this.sweep(),
      reportFault: (err) => this.logger.warn({ err }, 'artifacts cannot be tidied now'),
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic.stop();
  }

  private async sweep(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - this.config.ARTIFACT_GRACE_S * 1_000);
    await this.artifacts.dropAbandoned(since);
    for (const sha256 of await this.artifacts.unused(since, AT_ONCE))
      await this.database.transaction(serviceContext('missions'), (tx) =>
        this.artifacts.forget(tx, {
          sha256,
          since,
          remove: () => reaching(() => this.content.remove(sha256)),
        }),
      );
  }
}
