import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { missionsLive } from '@aether/contracts/missions';
import { canSee } from '@aether/messaging/access';
import { serviceContext, type Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CONFIG } from '../tokens.js';
import type { MissionsConfig } from '../config.js';
import { MissionRepository } from './mission.repository.js';
import { OpenMission } from './open-mission.js';

/** One request that changes a mission. */
export interface Change<C extends RequestContract> {
  readonly contract: C;
  readonly input: CallInputOf<C>;
  readonly context: Context;
}

/**
 * The one way to change a mission: its row is locked, `work` changes it and its tasks, and everything that became
 * of them is written and told in one transaction. Entries of the thread are shown once they are stored.
 */
@Injectable()
export class MissionDesk {
  constructor(
    private readonly database: Database,
    private readonly missions: MissionRepository,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: MissionsConfig,
  ) {}

  /**
   * Runs once per idempotency key; the reply is made after all that follows from the change. `refuse` is thrown
   * where the mission is absent or hidden from the caller.
   */
  async change<C extends RequestContract>(
    { contract, input, context }: Change<C>,
    { id, refuse }: { id: string; refuse: () => Error },
    work: (open: OpenMission) => () => OutputOf<C>,
  ): Promise<OutputOf<C>> {
    return this.database.once({ contract, input, context }, async (tx) => {
      const open = await this.open(tx, id);
      if (!open || !canSee(context.actor, open.mission)) throw refuse();
      const reply = work(open);
      await this.write(open, tx);
      return reply();
    });
  }

  /** A change that nobody asked for: a deadline. */
  async changeBySelf(id: string, work: (open: OpenMission) => void): Promise<void> {
    await this.database.transaction(serviceContext('missions'), async (tx) => {
      const open = await this.open(tx, id);
      if (!open) return;
      work(open);
      await this.write(open, tx);
    });
  }

  private async open(tx: Transaction, id: string): Promise<OpenMission | null> {
    const mission = await this.missions.lock(tx, id);
    if (!mission) return null;
    const tasks = await this.missions.tasksOf(tx, id);
    return new OpenMission({ tx, mission, tasks, clock: this.clock, config: this.config });
  }

  private async write(open: OpenMission, tx: Transaction): Promise<void> {
    const entries = await open.write();
    tx.afterCommit(() => {
      for (const row of entries)
        this.messaging.publishLive(missionsLive.thread, row.missionId, {
          cursor: String(row.seq),
          data: row.reply(),
        });
    });
  }
}
