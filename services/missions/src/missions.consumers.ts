import type { ModelBudget } from '@aether/contracts/model-budgets';
import { modelsEvents } from '@aether/contracts/models';
import { topology } from '@aether/contracts/topology';
import type { Transaction } from '@aether/persistence/database';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { callRefused } from './missions/budget.js';
import { MissionDesk } from './missions/mission-desk.js';
import { EnforceBudget } from './organisation/enforce-budget.js';
import { OrganisationBudgets } from './organisation/organisation-budget.js';

/** What happens elsewhere and stops missions. */
@Injectable()
export class MissionsConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly desk: MissionDesk,
    private readonly organisation: OrganisationBudgets,
    private readonly enforcement: EnforceBudget,
  ) {}

  onModuleInit(): void {
    const [budgets] = topology.missions.durables;
    this.consumers.add(budgets, [
      onEvent(modelsEvents.modelBudgetReached, ({ budget }, tx) => this.budgetReached(budget, tx)),
    ]);
  }

  private async budgetReached(budget: ModelBudget, tx: Transaction): Promise<void> {
    if (budget.scope === 'mission' && budget.scopeId !== null)
      await this.desk.changeBySelf(budget.scopeId, (open) => {
        const refusal = callRefused(open.mission, budget);
        if (refusal && open.mission.state === 'running') open.paused(refusal);
      });
    if (budget.scope !== 'organisation') return;
    await this.organisation.callRefused(budget, tx);
    tx.afterCommit(() => this.enforcement.wake());
  }
}
