import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

/**
 * The usage ledger held against the gateways' own record of their model calls: part of what `models` owns. One check for
 * each chat, made again after every turn.
 */

/** How an agent's gateway names Aether's endpoint; calls of other providers did not come by here. */
export const GATEWAY_PROVIDER = 'aether';

/** One model call as its gateway wrote it down. */
export const GatewayCall = z.object({
  responseId: z.string().nullable().describe("The provider's name for its answer."),
  provider: z.string().describe('As the gateway names it; `aether` for this installation.'),
  model: z.string(),
  inputTokens: z.number().int().describe('All of the prompt, what the provider had cached included.'),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costUsd: z.number().describe("By the gateway's own prices; 0 where it has none."),
});
export type GatewayCall = z.infer<typeof GatewayCall>;

/** Calls of one kind, and what they took together. */
export const CallSum = z
  .object({
    calls: z.number().int(),
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
    costUsd: z.number().describe('Of the calls whose price is known.'),
  })
  .meta({ id: 'CallSum' });
export type CallSum = z.infer<typeof CallSum>;

/** Where a call is found, and what that means. */
export const CheckedParts = z.object({
  equal: CallSum.describe('On both sides, with the same tokens.'),
  recounted: CallSum.describe(
    'On both sides, but counted differently; these are the figures of the gateway.',
  ),
  unfinished: CallSum.describe(
    'In the ledger only: aborted, failed or estimated, so the gateway has no figures.',
  ),
  untold: CallSum.describe(
    'In the ledger only, and complete: titles, summaries, rows that the gateway has removed.',
  ),
  lost: CallSum.describe('At the gateway only, as a call by Aether: its usage was not written down here.'),
  elsewhere: CallSum.describe(
    'At the gateway only, with a provider of its own: outside of budgets and ledger.',
  ),
});
export type CheckedParts = z.infer<typeof CheckedParts>;

/** `agrees`: call by call. `explained`: differs by calls that gateways do not count. `differs`: somebody should look. */
export const Finding = z.enum(['agrees', 'explained', 'differs']);
export type Finding = z.infer<typeof Finding>;

export const UsageCheck = z
  .object({
    id: Id.describe('Of the chat.'),
    deploymentId: Id.nullable().describe('Null before the first check.'),
    session: z.string().nullable(),
    state: z
      .enum(['waiting', 'checked', 'given_up'])
      .describe('`given_up`: the gateway did not answer in time; ask for a check to try again.'),
    finding: Finding.nullable(),
    ledger: CallSum,
    gateway: CallSum,
    parts: CheckedParts,
    notes: z.array(z.string()).describe('What was found, in sentences.'),
    cause: z.string().nullable().describe('Why the last attempt failed.'),
    checkedAt: Instant.nullable(),
  })
  .meta({ id: 'UsageCheck', description: 'The ledger and the gateway about one chat.' });
export type UsageCheck = z.infer<typeof UsageCheck>;

/** The checks of one deployment, added up. */
export const UsageCheckSum = z
  .object({
    deploymentId: Id,
    chats: z.number().int(),
    differing: z.number().int().describe('Chats about which both sides differ without an explanation.'),
    waiting: z.number().int(),
    givenUp: z.number().int(),
    ledger: CallSum,
    gateway: CallSum,
    parts: CheckedParts,
    notes: z.array(z.string()),
    outsideChats: CallSum.describe(
      'In the ledger, but of no chat that was checked: used directly, or elsewhere begun.',
    ),
  })
  .meta({ id: 'UsageCheckSum' });
export type UsageCheckSum = z.infer<typeof UsageCheckSum>;

export const usageChecksRequests = {
  listUsageChecks: defineRequest('req.models.list-usage-checks.v1', {
    input: PageQuery.extend({ deploymentId: Id.optional(), finding: Finding.optional() }),
    output: pageOf(UsageCheck),
  }),
  summariseUsageChecks: defineRequest('req.models.summarise-usage-checks.v1', {
    input: z.object({ deploymentId: Id.optional() }),
    output: z.object({ items: z.array(UsageCheckSum).describe('At most 500, most differing first.') }),
  }),
  /** Checks chats now that have used models: all, those of one deployment, or one. Some 50 at once; the others follow. */
  checkUsage: defineRequest('req.models.check-usage.v1', {
    input: z.object({ deploymentId: Id.optional(), chatId: Id.optional() }),
    output: z.object({
      checked: z.number().int(),
      left: z.number().int().describe('Are checked in the background.'),
    }),
    errors: {
      usage_check_not_found: {
        status: 404,
        title: 'Nothing is known of a chat like this that used a model.',
        hint: 'List the checks to find the right id; a chat is known after its first turn.',
      },
    },
    timeoutMs: 45_000,
  }),
};

export const usageChecksRoutes = defineRoutes({
  'GET /api/v1/usage/checks': {
    contract: usageChecksRequests.listUsageChecks,
    access: 'usage:read',
    summary: 'The ledger held against the record of gateways, chat by chat',
  },
  'GET /api/v1/usage/checks/summary': {
    contract: usageChecksRequests.summariseUsageChecks,
    access: 'usage:read',
    summary: 'The ledger held against the record of gateways, by deployment',
  },
  'POST /api/v1/usage/checks': {
    contract: usageChecksRequests.checkUsage,
    access: 'deployments:write',
    summary: 'Hold the ledger against the record of gateways now',
  },
});
