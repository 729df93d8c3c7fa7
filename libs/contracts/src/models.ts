import { z } from 'zod';
import { defineCatalog, defineEvent, defineRequest } from './contract.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing, PageQuery, pageOf } from './schemas.js';

export const Model = z
  .object({
    id: z.string().describe('Name to ask for at the endpoint.'),
    demo: z.boolean().describe('The built-in demo model: deterministic, not a language model.'),
    contextWindow: z.number().int(),
    maxTokens: z.number().int(),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

export const ModelEndpoint = z
  .object({
    baseUrl: z.url().describe('OpenAI-compatible base address, ending in /v1.'),
    defaultModel: z.string(),
    demo: z.boolean(),
    models: z.array(Model),
  })
  .meta({ id: 'ModelEndpoint' });
export type ModelEndpoint = z.infer<typeof ModelEndpoint>;

export const UsageRecord = z
  .object({
    id: Id,
    deploymentId: Id,
    model: z.string(),
    demo: z.boolean(),
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
    input: z.object({ deploymentId: Id }),
    output: z.object({ id: Id, key: z.string() }),
  }),
  listUsage: defineRequest('req.models.list-usage.v1', {
    input: PageQuery.extend({ deploymentId: Id.optional() }),
    output: pageOf(UsageRecord),
  }),
  ...operationsRequests('models'),
};

export const modelsEvents = {
  virtualKeyIssued: defineEvent(
    'evt.models.virtual-key-issued.v1',
    z.object({ virtualKeyId: Id, deploymentId: Id }),
  ),
  virtualKeyRevoked: defineEvent('evt.models.virtual-key-revoked.v1', z.object({ deploymentId: Id })),
  usageRecorded: defineEvent('evt.models.usage-recorded.v1', z.object({ usage: UsageRecord })),
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
  ...operationsRoutes('models', modelsRequests),
});
