import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { Mission } from '@aether/contracts/mission-schemas';
import { modelsEvents, modelsRequests } from '@aether/contracts/models';
import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { requirePermission } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { CheckBudgets } from './check-budgets.js';
import { ModelBudgetRow, ORGANISATION_ID, periodOf } from './model-budget.entity.js';
import { ModelBudgetRepository, type Chosen } from './model-budget.repository.js';

type Requests = typeof modelsRequests;
type Named = Pick<ModelBudgetRow, 'scope' | 'scopeId' | 'period'>;
type Limits = Pick<ModelBudgetRow, 'limitUsd' | 'limitTokens' | 'version'>;

/** Limits that people set for deployments, and those of missions and the organisation as they come with their events. */
@Injectable()
export class ManageBudgets {
  constructor(
    private readonly database: Database,
    private readonly repository: ModelBudgetRepository,
    private readonly check: CheckBudgets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(context: Context): Promise<OutputOf<Requests['listModelBudgets']>> {
    requirePermission(context, 'usage:read');
    return { items: await this.repository.replies(this.clock.now()) };
  }

  async set(
    input: InputOf<Requests['setModelBudget']>,
    context: Context,
  ): Promise<OutputOf<Requests['setModelBudget']>> {
    requirePermission(context, 'settings:write');
    const { deploymentId: scopeId, period, limitUsd, limitTokens } = input;
    const contract = modelsRequests.setModelBudget;
    return this.database.once({ contract, input, context }, async (tx) => {
      const row = await this.limit(
        tx,
        { scope: 'deployment', scopeId, period },
        { limitUsd, limitTokens, version: 0 },
      );
      const budget = await this.repository.reply(tx.manager, row, this.clock.now());
      await tx.publish(modelsEvents.modelBudgetChanged, { budget });
      return budget;
    });
  }

  async remove(
    { id }: { id: string },
    context: RequestContext<Requests['deleteModelBudget']>,
  ): Promise<Record<never, never>> {
    requirePermission(context, 'settings:write');
    return this.database.transaction(context, async (tx) => {
      const row = await this.repository.findById(tx, id);
      if (!row) throw context.fail('model_budget_not_found');
      if (row.scope !== 'deployment') throw context.fail('model_budget_set_elsewhere');
      await this.lift(tx, { id });
      return {};
    });
  }

  async ofMission({ id, budget, version }: Mission, tx: Transaction): Promise<void> {
    const named = { scope: 'mission', scopeId: id, period: 'total' } as const;
    await this.follow(tx, named, { limitUsd: budget.costUsd, limitTokens: budget.tokens, version });
  }

  async ofOrganisation({ bounds, version }: OrganisationBudget, tx: Transaction): Promise<void> {
    const named = { scope: 'organisation', scopeId: ORGANISATION_ID, period: 'month' } as const;
    await this.follow(tx, named, { limitUsd: bounds.costUsd, limitTokens: bounds.tokens, version });
  }

  /** Of a deployment or mission that is gone. */
  async lift(tx: Transaction, of: Chosen): Promise<void> {
    for (const budgetId of await this.repository.remove(tx, of))
      await tx.publish(modelsEvents.modelBudgetDeleted, { budgetId });
    tx.afterCommit(() => this.check.forget());
  }

  private async follow(tx: Transaction, named: Named, limits: Limits): Promise<void> {
    const { limitUsd, limitTokens, version } = limits;
    const row = await this.repository.find(tx, named);
    const isNone = limitUsd === null && limitTokens === null;
    // A mission changes often, and its limits hardly ever.
    const isSame = row?.limitUsd === limitUsd && row.limitTokens === limitTokens;
    if ((!row && isNone) || (row && (version < row.version || isSame))) return;
    await this.limit(tx, named, limits);
  }

  private async limit(tx: Transaction, named: Named, limits: Limits): Promise<ModelBudgetRow> {
    const now = this.clock.now();
    const row = (await this.repository.find(tx, named)) ?? (await this.begun(tx, named));
    Object.assign(row, limits, { toldAt: null, updatedAt: now });
    await this.repository.save(tx, row);
    tx.afterCommit(() => this.check.forget());
    return row;
  }

  private async begun(tx: Transaction, named: Named): Promise<ModelBudgetRow> {
    const periodBegan = periodOf(named.period, this.clock.now());
    const spent = await this.repository.spentSince(tx, named, periodBegan);
    return Object.assign(new ModelBudgetRow(), {
      ...named,
      ...{ id: newId(), periodBegan, spentUsd: spent.usd, spentTokens: spent.tokens },
    });
  }
}
