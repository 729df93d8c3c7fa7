import type { InputOf } from '@aether/contracts/contract';
import type { StateReason } from '@aether/contracts/mission-schemas';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import type { ModelBudget } from '@aether/contracts/model-budgets';
import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { personOf, requirePermission, requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { authorOf } from '../thread/author.js';
import { CLOCK } from '../tokens.js';
import type { OrganisationBudgetRow } from './budget.entity.js';
import { BudgetRepository, type Spend } from './budget.repository.js';
import { monthOf, nextMonth } from './month.js';

/** The code of the reason for which missions are paused by it. */
export const ORGANISATION_BUDGET_REACHED = 'organisation_budget_reached';

const UNBOUNDED: OrganisationBudget['bounds'] = {
  tokens: null,
  costUsd: null,
  agentMinutes: null,
  attempts: null,
};
const units = {
  tokens: 'tokens',
  costUsd: 'US dollars',
  agentMinutes: 'minutes of agents',
  attempts: 'attempts',
} as const satisfies Record<keyof Spend, string>;

@Injectable()
export class OrganisationBudgets {
  constructor(
    private readonly database: Database,
    private readonly budgets: BudgetRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async get(
    context: RequestContext<(typeof missionsRequests)['getOrganisationBudget']>,
  ): Promise<OrganisationBudget> {
    requireServiceOr(context, 'usage:read');
    return this.current();
  }

  async update(
    input: InputOf<(typeof missionsRequests)['updateOrganisationBudget']>,
    context: RequestContext<(typeof missionsRequests)['updateOrganisationBudget']>,
  ): Promise<OrganisationBudget> {
    requirePermission(context, 'settings:write');
    const contract = missionsRequests.updateOrganisationBudget;
    const now = this.clock.now();
    const spend = await this.budgets.spend(monthOf(now));
    return this.database.once({ contract, input, context }, async (tx) => {
      const before = await this.budgets.lock(tx);
      const row = {
        bounds: { ...(before?.bounds ?? UNBOUNDED), ...input },
        version: (before?.version ?? 0) + 1,
        refusedIn: null,
        updatedBy: personOf(context.actor),
        updatedAt: now,
      };
      await this.budgets.save(tx, row);
      const budget = viewOf(row, spend, now);
      const who = authorOf(context.actor);
      await tx.publish(missionsEvents.organisationBudgetChanged, { budget, who });
      return budget;
    });
  }

  async current(): Promise<OrganisationBudget> {
    const now = this.clock.now();
    const [row, spend] = await Promise.all([this.budgets.budget(), this.budgets.spend(monthOf(now))]);
    return viewOf(row, spend, now);
  }

  /** A model call would have gone beyond the bounds, chats outside of missions counted. */
  async callRefused(limit: Pick<ModelBudget, 'limitUsd' | 'limitTokens'>, tx: Transaction): Promise<void> {
    const row = await this.budgets.lock(tx);
    // Of bounds that have been changed since.
    if (row?.bounds.tokens !== limit.limitTokens || row.bounds.costUsd !== limit.limitUsd) return;
    await this.budgets.save(tx, { ...row, refusedIn: monthOf(this.clock.now()) });
  }

  /** The bound that is used up; null while there is room. Asked before anything begins. */
  async reached(): Promise<StateReason | null> {
    // Most organisations set no bounds, and then nothing needs to be added up.
    const row = await this.budgets.budget();
    if (!row || Object.values(row.bounds).every((bound) => bound === null)) return null;
    const now = this.clock.now();
    return viewOf(row, await this.budgets.spend(monthOf(now)), now).reached;
  }
}

function viewOf(row: Omit<OrganisationBudgetRow, 'id'> | null, spend: Spend, now: Date): OrganisationBudget {
  const bounds = row?.bounds ?? UNBOUNDED;
  return {
    month: monthOf(now),
    endsAt: nextMonth(now).toISOString(),
    bounds,
    spend,
    reached: reachedOf(bounds, spend) ?? refusal(row, now),
    version: row?.version ?? 0,
    updatedBy: row?.updatedBy ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
  };
}

const ON_AGAIN = 'Have an administrator raise it; the mission then goes on by itself, as it does next month.';

function refusal(row: Omit<OrganisationBudgetRow, 'id'> | null, now: Date): StateReason | null {
  if (!row || row.refusedIn !== monthOf(now)) return null;
  return {
    code: ORGANISATION_BUDGET_REACHED,
    cause: "The organisation's budget has no room left this month for what a model call may take.",
    remedy: ON_AGAIN,
  };
}

function reachedOf(bounds: OrganisationBudget['bounds'], spend: Spend): StateReason | null {
  for (const what of ['tokens', 'costUsd', 'agentMinutes', 'attempts'] as const) {
    const bound = bounds[what];
    if (bound === null || spend[what] < bound) continue;
    return {
      code: ORGANISATION_BUDGET_REACHED,
      cause: `The organisation's budget of ${bound} ${units[what]} a month is used up.`,
      remedy: ON_AGAIN,
    };
  }
  return null;
}
