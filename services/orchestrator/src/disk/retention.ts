import { missionsRequests } from '@aether/contracts/missions';
import type { MissionState } from '@aether/contracts/mission-schemas';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { allPages } from '../all-pages.js';
import type { OrchestratorConfig } from '../config.js';
import { Repositories } from '../git/repositories.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { DiskRepository } from './disk.repository.js';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const BATCH = 100;
const OPEN: readonly MissionState[] = ['draft', 'planning', 'proposed', 'running', 'paused', 'finishing'];

/** Takes away what nobody has needed for long. Every act may be repeated, so instances need not agree on who does it. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tidying: Periodic;

  constructor(
    private readonly messaging: Messaging,
    private readonly rows: DiskRepository,
    private readonly repositories: Repositories,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.tidying = new Periodic({
      everyMs: EVERY_MS,
      work: () => this.tidy(),
      reportFault: (err) => this.logger.warn({ err }, 'what is old cannot be tidied now'),
    });
  }

  onApplicationBootstrap(): void {
    this.tidying.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tidying.stop();
  }

  private async tidy(): Promise<void> {
    await this.dropRescues(this.before(this.config.RESCUE_RETENTION_DAYS));
    await this.dropClones(this.before(this.config.CLONE_RETENTION_DAYS));
  }

  private before(days: number): Date {
    return new Date(this.clock.now().getTime() - days * DAY_MS);
  }

  private async dropRescues(before: Date): Promise<void> {
    for (;;) {
      const attempts = await this.rows.rescuedBefore(before, BATCH);
      for (const { id, rescueRef, packet } of attempts) {
        const source = packet?.mission.repository;
        const repository = source ? await this.repositories.present(source) : null;
        if (rescueRef) await repository?.forget([rescueRef]);
        await this.rows.rescueGone(id);
      }
      if (attempts.length < BATCH) return;
    }
  }

  private async dropClones(before: Date): Promise<void> {
    const old = (await this.repositories.clones()).filter(({ usedAt }) => usedAt < before);
    if (old.length === 0) return;
    const needed = await this.clonesOfOpenMissions();
    for (const clone of old) if (!needed.has(clone.directory)) await this.repositories.removeClone(clone);
  }

  private async clonesOfOpenMissions(): Promise<ReadonlySet<string>> {
    const context = serviceContext('orchestrator');
    const found = new Set<string>();
    for (const state of OPEN) {
      const missions = await allPages((at) =>
        this.messaging.call(missionsRequests.listMissions, { state, limit: 50, ...at }, context),
      );
      for (const { repository } of missions) if (repository) found.add(this.repositories.cloneOf(repository));
    }
    return found;
  }
}
