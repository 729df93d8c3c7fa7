import { z } from 'zod';
import { defineCatalog, defineEvent, defineRequest } from './contract.js';
import { modelBudgetsEvents, modelBudgetsRequests, modelBudgetsRoutes } from './model-budgets.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { providersEvents, providersRequests, providersRoutes } from './providers.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing, PageQuery, pageOf } from './schemas.js';
import { usageChecksRequests, usageChecksRoutes } from './usage-checks.js';
import { virtualKeysRequests, virtualKeysRoutes } from './virtual-keys.js';

export const Model = z
  .object({
    id: z.string().describe('Name to ask for at the endpoint.'),
    demo: z.boolean().describe('The built-in demo model: deterministic, not a language model.'),
    contextWindow: z.number().int(),
    maxTokens: z.number().int(),
    images: z.boolean().optional().describe('Pictures are shown to it; else agents get them as files.'),
    usdPerMillion: z
      .object({ input: z.number(), cachedInput: z.number(), output: z.number() })
      .optional()
      .describe('Price of a million tokens; absent where it is not known.'),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

export const ModelEndpoint = z
  .object({
    baseUrl: z.url().describe('OpenAI-compatible base address, ending in /v1.'),
    defaultModel: z.string().describe('What agents ask for where they are not told otherwise.'),
    answering: z.string().describe('The model that stands behind it now.'),
    demo: z.boolean().describe('That is the demo model.'),
    models: z.array(Model),
  })
  .meta({ id: 'ModelEndpoint' });
export type ModelEndpoint = z.infer<typeof ModelEndpoint>;

export const UsageRecord = z
  .object({
    id: Id,
    deploymentId: Id,
    missionId: Id.nullable().default(null).describe('Of a session that works for a mission.'),
    session: z.string().nullable().default(null).describe('As the caller names it, where it does.'),
    responseId: z.string().nullable().default(null).describe("The provider's name for its answer."),
    model: z.string(),
    provider: z.string().nullable().default(null).describe('Who answered; null for the demo model.'),
    demo: z.boolean(),
    costUsd: z.number().nullable().default(null).describe('Null: the price is not known.'),
    inputTokens: z.number().int().describe('All of the prompt, what the provider had cached included.'),
    cachedInputTokens: z.number().int(),
    outputTokens: z.number().int(),
    estimated: z.boolean().describe('The provider told no usage (or the call was aborted): counted here.'),
    outcome: z.enum(['complete', 'aborted', 'failed']),
    durationMs: z.number().int(),
    at: Instant.describe('When the call ended.'),
  })
  .meta({ id: 'UsageRecord', description: 'One model call and what it took.' });
export type UsageRecord = z.infer<typeof UsageRecord>;

export const modelsRequests = {
  getEndpoint: defineRequest('req.models.get-endpoint.v1', { input: Nothing, output: ModelEndpoint }),
  /** Checks that the endpoint would answer: the provider's key live, or the demo model. */
  checkProvider: defineRequest('req.models.check-provider.v1', {
    input: Nothing,
    output: z.object({
      ok: z.boolean(),
      demo: z.boolean(),
      cause: z.string().nullable(),
      remedy: z.string().nullable(),
    }),
    timeoutMs: 15_000,
  }),
  /**
   * A deployment's own key for the endpoint, shown this once. The one before works for 60 s more, so that a
   * gateway that runs is not cut off. A repeat cannot be answered with the same key: it gets another.
   */
  issueVirtualKey: defineRequest('req.models.issue-virtual-key.v1', {
    input: z.object({
      deploymentId: Id,
      models: z
        .array(z.string().min(1).max(200))
        .max(8)
        .optional()
        .describe('Who answers calls for the first of them, best first; only the first itself where absent.'),
    }),
    output: z.object({ id: Id, key: z.string() }),
  }),
  /** From now on the calls of a deployment's session count for a mission. Said before the session's first call. */
  attributeSession: defineRequest('req.models.attribute-session.v1', {
    input: z.object({ deploymentId: Id, session: z.string().min(1).max(500), missionId: Id }),
    output: Nothing,
  }),
  listUsage: defineRequest('req.models.list-usage.v1', {
    input: PageQuery.extend({ deploymentId: Id.optional() }),
    output: pageOf(UsageRecord),
  }),
  ...virtualKeysRequests,
  ...providersRequests,
  ...modelBudgetsRequests,
  ...usageChecksRequests,
  ...operationsRequests('models'),
};

export const modelsEvents = {
  virtualKeyIssued: defineEvent(
    'evt.models.virtual-key-issued.v1',
    z.object({ virtualKeyId: Id, deploymentId: Id }),
  ),
  virtualKeyRevoked: defineEvent('evt.models.virtual-key-revoked.v1', z.object({ deploymentId: Id })),
  usageRecorded: defineEvent('evt.models.usage-recorded.v1', z.object({ usage: UsageRecord })),
  ...providersEvents,
  ...modelBudgetsEvents,
};

export const modelsCatalog = defineCatalog({
  owner: 'models',
  requests: modelsRequests,
  events: modelsEvents,
  live: {},
});

export const modelsRoutes = defineRoutes({
  'GET /api/v1/models': {
    contract: modelsRequests.getEndpoint,
    access: 'models:read',
    summary: 'Models agents can use',
  },
  'GET /api/v1/usage': {
    contract: modelsRequests.listUsage,
    access: 'usage:read',
    summary: 'Model calls, newest first',
  },
  ...virtualKeysRoutes,
  ...providersRoutes,
  ...modelBudgetsRoutes,
  ...usageChecksRoutes,
  ...operationsRoutes('models', modelsRequests),
});
