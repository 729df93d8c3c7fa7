import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing } from './schemas.js';

/**
 * Hard limits of what model calls may take, and what they took: part of what `models` owns. Those of missions and of the
 * organisation are set where missions are; `models` holds each call to them.
 */

const Scope = z.enum(['organisation', 'deployment', 'mission']);
const Period = z.enum(['day', 'month', 'total']).describe('Calendar day or month (UTC), or for good.');
const usd = z.number().positive().max(1_000_000_000).nullable();
const tokens = z.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable();

/** A call that might go beyond it is refused before the provider is asked. Null is no limit. */
export const ModelBudget = z
  .object({
    id: Id,
    scope: Scope,
    scopeId: Id.nullable().describe('The deployment or mission; null for the organisation.'),
    period: Period,
    limitUsd: z.number().nullable(),
    limitTokens: z.number().int().nullable(),
    spentUsd: z.number(),
    spentTokens: z.number().int(),
    reservedUsd: z.number().describe('Held for calls that run now.'),
    reservedTokens: z.number().int(),
    updatedAt: Instant,
  })
  .meta({ id: 'ModelBudget' });
export type ModelBudget = z.infer<typeof ModelBudget>;

/** One group of calls and what they took together. */
export const UsageSum = z
  .object({
    key: z.string().nullable().describe('The day, model, deployment, mission or session; null: not known.'),
    calls: z.number().int(),
    inputTokens: z.number().int(),
    cachedInputTokens: z.number().int(),
    outputTokens: z.number().int(),
    costUsd: z.number().describe('Of the calls whose price is known.'),
    unpricedCalls: z.number().int(),
  })
  .meta({ id: 'UsageSum' });
export type UsageSum = z.infer<typeof UsageSum>;

export const modelBudgetsRequests = {
  listModelBudgets: defineRequest('req.models.list-model-budgets.v1', {
    input: Nothing,
    output: z.object({ items: z.array(ModelBudget) }),
  }),
  /** Sets or raises the one budget of a deployment and period. */
  setModelBudget: defineRequest('req.models.set-model-budget.v1', {
    input: z
      .object({
        deploymentId: Id,
        period: Period,
        limitUsd: usd.default(null),
        limitTokens: tokens.default(null),
      })
      .refine(({ limitUsd, limitTokens }) => limitUsd !== null || limitTokens !== null, {
        path: ['limitUsd'],
        message: 'give a limit in dollars, in tokens or both',
      }),
    output: ModelBudget,
  }),
  deleteModelBudget: defineRequest('req.models.delete-model-budget.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: {
      model_budget_not_found: {
        status: 404,
        title: 'There is no such budget.',
        hint: 'List the budgets to find the right id.',
      },
      model_budget_set_elsewhere: {
        status: 409,
        title: 'This is the budget of a mission or of the organisation.',
        hint: 'Change the budget of the mission, or the budget of the organisation.',
      },
    },
  }),
  summariseUsage: defineRequest('req.models.summarise-usage.v1', {
    input: z.object({
      by: z.enum(['day', 'model', 'deployment', 'mission', 'session']).default('day'),
      days: z.coerce.number().int().min(1).max(366).default(30).describe('How far back, today included.'),
      deploymentId: Id.optional(),
      missionId: Id.optional(),
    }),
    output: z.object({ items: z.array(UsageSum).describe('At most 1 000, dearest first; days by date.') }),
  }),
};

export const modelBudgetsEvents = {
  modelBudgetChanged: defineEvent('evt.models.model-budget-changed.v1', z.object({ budget: ModelBudget })),
  modelBudgetDeleted: defineEvent('evt.models.model-budget-deleted.v1', z.object({ budgetId: Id })),
  /** A call was refused; told again at most every 30 s. */
  modelBudgetReached: defineEvent('evt.models.model-budget-reached.v1', z.object({ budget: ModelBudget })),
};

export const modelBudgetsRoutes = defineRoutes({
  'GET /api/v1/budgets': {
    contract: modelBudgetsRequests.listModelBudgets,
    access: 'usage:read',
    summary: 'Limits of model calls, with what is spent and held',
  },
  'PUT /api/v1/budgets': {
    contract: modelBudgetsRequests.setModelBudget,
    access: 'settings:write',
    summary: 'Set or raise what model calls of a deployment may take',
  },
  'DELETE /api/v1/budgets/{id}': {
    contract: modelBudgetsRequests.deleteModelBudget,
    access: 'settings:write',
    summary: 'Lift the limit of a deployment',
  },
  'GET /api/v1/usage/summary': {
    contract: modelBudgetsRequests.summariseUsage,
    access: 'usage:read',
    summary: 'Cost and tokens by day, model, deployment, mission or session',
  },
});
