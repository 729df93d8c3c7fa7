import type { StateReason } from '@aether/contracts/mission-schemas';
import { missionsEvents } from '@aether/contracts/missions';
import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { budgetReached } from '../missions/budget.js';
import { MissionDesk } from '../missions/mission-desk.js';
import type { OpenMission } from '../missions/open-mission.js';
import { LOGGER } from '../tokens.js';
import { BudgetRepository } from './budget.repository.js';
import { ORGANISATION_BUDGET_REACHED, OrganisationBudgets } from './organisation-budget.js';

const EVERY_MS = 5_000;
const AT_ONCE = 100;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Pauses what runs when the organisation's budget is used up, and has it go on once there is room again. */
@Injectable()
export class EnforceBudget implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly periodic: Periodic;

  constructor(
    private readonly database: Database,
    private readonly budgets: BudgetRepository,
    private readonly organisation: OrganisationBudgets,
    private readonly desk: MissionDesk,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.periodic = new Periodic({
      everyMs: EVERY_MS,
      work: () => this.enforce(),
      reportFault: (err) =>
        this.logger.warn({ err }, 'the budget of the organisation cannot be looked at now'),
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic.stop();
  }

  /** Looks at once: something was used, or the budget was changed. */
  wake(): void {
    this.periodic.wake();
  }

  private async enforce(): Promise<void> {
    const reached = await this.organisation.reached();
    if (!reached) return this.resume();
    await this.tell();
    for (;;) {
      const ids = await this.budgets.runningMissions(AT_ONCE);
      for (const id of ids) await this.desk.changeBySelf(id, (open) => pause(open, reached));
      if (ids.length < AT_ONCE) return;
    }
  }

  private async tell(): Promise<void> {
    const budget = await this.organisation.current();
    await this.database.transaction(serviceContext('missions'), async (tx) => {
      if (await this.budgets.tellOnce(tx, budget))
        await tx.publish(missionsEvents.organisationBudgetReached, { budget });
    });
  }

  private async resume(): Promise<void> {
    let after = BEFORE_ALL;
    for (;;) {
      const ids = await this.budgets.pausedFor(ORGANISATION_BUDGET_REACHED, { after, limit: AT_ONCE });
      for (const id of ids) await this.desk.changeBySelf(id, goOn);
      if (ids.length < AT_ONCE) return;
      after = ids.at(-1) ?? after;
    }
  }
}

function pause(open: OpenMission, reached: StateReason): void {
  if (open.mission.state === 'running') open.paused(reached, 'the budget of the organisation');
}

/** Looked at again under the lock; a mission whose own budget is used up waits for that one now. */
function goOn(open: OpenMission): void {
  const { mission } = open;
  if (mission.state !== 'paused' || mission.reason?.code !== ORGANISATION_BUDGET_REACHED) return;
  const own = budgetReached(mission, open.now);
  open.because("The organisation's budget has room again.");
  open.running();
  if (own) open.paused(own);
}
