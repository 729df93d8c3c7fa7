import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { StateReason, ThreadEntry } from './mission-schemas.js';
import { defineRoutes } from './route.js';
import { Instant, Nothing } from './schemas.js';

const bound = z.number().positive().nullable();
const whole = z.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable();

const OrganisationBounds = z.object({
  tokens: whole,
  costUsd: bound,
  agentMinutes: bound.describe('Minutes in which agents worked on tasks, those of all agents added up.'),
  attempts: whole,
});

/**
 * What everything together may use in one calendar month (UTC), and missions have used; a bound that is null is none. Tokens
 * and dollars hold every model call, those of chats outside of missions too.
 */
export const OrganisationBudget = z
  .object({
    month: z.string().describe('As 2026-11.'),
    endsAt: Instant.describe('When the next month begins, with nothing used.'),
    bounds: OrganisationBounds,
    spend: z.object({
      tokens: z.number().int(),
      costUsd: z.number(),
      agentMinutes: z.number(),
      attempts: z.number().int(),
    }),
    reached: StateReason.nullable().describe('The bound that is used up, for which missions are paused.'),
    version: z.number().int().describe('Grows with each change of the bounds; 0 before the first.'),
    updatedBy: z.string().nullable(),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: 'OrganisationBudget' });
export type OrganisationBudget = z.infer<typeof OrganisationBudget>;

export const organisationBudgetRequests = {
  getOrganisationBudget: defineRequest('req.missions.get-organisation-budget.v1', {
    input: Nothing,
    output: OrganisationBudget,
  }),
  /** Bounds that are not named stay. What was paused for a bound goes on by itself once there is room again. */
  updateOrganisationBudget: defineRequest('req.missions.update-organisation-budget.v1', {
    input: OrganisationBounds.partial(),
    output: OrganisationBudget,
  }),
};

export const organisationBudgetEvents = {
  organisationBudgetChanged: defineEvent(
    'evt.missions.organisation-budget-changed.v1',
    z.object({ budget: OrganisationBudget, who: ThreadEntry.shape.author }),
  ),
  /** Once for each bound set that is used up in a month. */
  organisationBudgetReached: defineEvent(
    'evt.missions.organisation-budget-reached.v1',
    z.object({ budget: OrganisationBudget }),
  ),
};

export const organisationBudgetRoutes = defineRoutes({
  'GET /api/v1/organisation/budget': {
    contract: organisationBudgetRequests.getOrganisationBudget,
    access: 'usage:read',
    summary: 'What all missions may use this month, and have used',
  },
  'PATCH /api/v1/organisation/budget': {
    contract: organisationBudgetRequests.updateOrganisationBudget,
    access: 'settings:write',
    summary: 'Change what all missions may use in a month',
  },
});
