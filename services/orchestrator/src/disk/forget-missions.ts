import type { Transaction } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AttemptRow } from '../attempts/attempt.entity.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { Places } from '../attempts/places.js';
import { Repositories } from '../git/repositories.js';
import { LOGGER } from '../tokens.js';
import { DiskRepository } from './disk.repository.js';

/** How soon a mission whose last attempts were still closing is looked at again. */
const LOOK_EVERY_MS = 5_000;

/**
 * Takes away what is left of deleted missions: refs, attempts, links. The mission's branch stays: it is the owner's.
 * Every act may be repeated, so instances need not agree on who does it.
 */
@Injectable()
export class ForgetMissions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looking: Periodic;

  constructor(
    private readonly disk: DiskRepository,
    private readonly attempts: AttemptRepository,
    private readonly places: Places,
    private readonly repositories: Repositories,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.looking = new Periodic({
      everyMs: LOOK_EVERY_MS,
      work: () => this.look(),
      reportFault: (err) => this.logger.info({ err }, 'deleted missions cannot be forgotten now'),
    });
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looking.stop();
  }

  async begin(missionId: string, transaction: Transaction): Promise<void> {
    await this.disk.forget(transaction, missionId);
    transaction.afterCommit(() => this.looking.wake());
  }

  private async look(): Promise<void> {
    for (const missionId of await this.disk.forgotten())
      await this.forget(missionId).catch((err: unknown) =>
        this.logger.warn({ err, missionId }, 'a deleted mission is forgotten later'),
      );
  }

  private async forget(missionId: string): Promise<void> {
    const attempts = await this.attempts.ofMission(missionId);
    // One that still closes would keep its work under a ref once more.
    if (attempts.some(({ finishedAt }) => finishedAt === null)) return;
    await this.removeRefs(missionId, attempts);
    await this.disk.remove(missionId);
  }

  private async removeRefs(missionId: string, attempts: readonly AttemptRow[]): Promise<void> {
    const source = attempts.find(({ packet }) => packet?.mission.repository)?.packet?.mission.repository;
    const repository = source ? await this.repositories.present(source) : null;
    await repository?.forget([
      this.places.baseRefOf(missionId),
      ...attempts.map((attempt) => this.places.rescueRefOf(attempt)),
    ]);
  }
}
