import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { HeaderSecret, Id, Instant, Line, Nothing, ServerUrl, Slug } from './schemas.js';

/** Model providers and which of their models agents may use: part of what `models` owns. */

/** Whose API it is. `openai-compatible` is any other server of that format, such as Ollama or vLLM. */
export const ProviderKind = z
  .enum(['openrouter', 'openai', 'anthropic', 'google', 'openai-compatible'])
  .meta({ id: 'ProviderKind' });
export type ProviderKind = z.infer<typeof ProviderKind>;

const size = z.number().int().min(1).max(100_000_000);
const price = z.number().min(0).max(100_000);
const ModelName = Line(200);

/** A model as its provider offers it. Prices are US dollars for a million tokens; null is not known. */
export const OfferedModel = z
  .object({
    id: z.string().describe("The provider's name for it. Agents ask for `<provider>/<id>`."),
    contextWindow: z.number().int().nullable(),
    maxTokens: z.number().int().nullable().describe('The longest answer.'),
    images: z.boolean().optional().describe('Whether it sees pictures; absent where nobody told.'),
    inputUsdPerMillion: z.number().nullable(),
    cachedInputUsdPerMillion: z.number().nullable().describe('Null: as the other input.'),
    outputUsdPerMillion: z.number().nullable(),
    priceFrom: z
      .enum(['person', 'provider', 'catalogue'])
      .nullable()
      .describe(
        "Who told the price; null: nobody. A person's goes before the provider's, and that before the catalogue's, " +
          'which has the prices of the time when this release was made and may be out of date.',
      ),
  })
  .meta({ id: 'OfferedModel' });
export type OfferedModel = z.infer<typeof OfferedModel>;

/** A provider that agents may use models of. Its key is in the vault and never returned. */
export const ModelProvider = z
  .object({
    id: Id,
    name: Slug,
    kind: ProviderKind,
    baseUrl: z.string(),
    source: z.enum(['settings', 'api']).describe('`settings`: of the environment, and read-only here.'),
    hasKey: z.boolean(),
    enabled: z.boolean(),
    models: z.array(OfferedModel).describe('What agents may use.'),
    createdAt: Instant.nullable(),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: 'ModelProvider' });
export type ModelProvider = z.infer<typeof ModelProvider>;

/** What is not said here is taken from the provider's list, or else from a catalogue of known models. */
const WantedModel = z.object({
  id: ModelName,
  contextWindow: size.optional(),
  maxTokens: size.optional(),
  images: z.boolean().optional(),
  inputUsdPerMillion: price.optional(),
  cachedInputUsdPerMillion: price.optional(),
  outputUsdPerMillion: price.optional(),
});

const settings = {
  name: Slug.refine((name) => !['default', 'demo', 'aether-demo', 'configured'].includes(name), 'is taken'),
  baseUrl: ServerUrl(/^https?$/),
  key: HeaderSecret,
  models: z.array(WantedModel).min(1).max(50),
};

const foundErrors = {
  provider_not_found: {
    status: 404,
    title: 'There is no such provider.',
    hint: 'List the providers to find the right id.',
  },
} as const;

const writableErrors = {
  ...foundErrors,
  provider_read_only: {
    status: 409,
    title: 'This provider is configured in the environment.',
    hint: 'Change MODEL_PROVIDER_* and restart, or add a provider of your own.',
  },
} as const;

/** Why a provider is not saved: each was found by asking it for real. */
const checkErrors = {
  provider_taken: {
    status: 409,
    title: 'Another provider has this name.',
    hint: 'Choose another name.',
  },
  address_refused: {
    status: 422,
    title: 'Aether does not connect to this address.',
    hint: 'Use a public address, or have its range added to OUTBOUND_ALLOWED_RANGES.',
  },
  base_url_needed: {
    status: 422,
    title: 'A provider of this kind has no usual address.',
    hint: 'Give its base URL, which mostly ends in /v1.',
  },
  key_needed: {
    status: 422,
    title: 'The key would be sent to another address.',
    hint: 'Give the key as well.',
  },
  key_refused: {
    status: 422,
    title: 'The provider refused the key.',
    hint: 'Copy the key again, and look whether it is still valid at the provider.',
  },
  provider_unreachable: {
    status: 422,
    title: 'The provider cannot be reached.',
    hint: 'Check the base URL, and that this machine may reach it (proxy, firewall).',
  },
  no_credit: {
    status: 422,
    title: 'The account at the provider has no credit left.',
    hint: 'Add credit at the provider, or use the key of another account.',
  },
  wrong_address_or_model: {
    status: 422,
    title: 'The provider has no such model, or no chat completions at this address.',
    hint: 'Check the name of the model, and that the base URL ends as the provider says (mostly in /v1).',
  },
  provider_failing: {
    status: 422,
    title: 'The provider fails at the moment.',
    hint: "Look at the provider's status page and try again later.",
  },
} as const;

export const providersRequests = {
  listProviders: defineRequest('req.models.list-providers.v1', {
    input: Nothing,
    output: z.object({ items: z.array(ModelProvider) }),
  }),
  /** Asks the provider with the key before anything is saved. The first provider becomes the default one. */
  createProvider: defineRequest('req.models.create-provider.v1', {
    input: z.object({
      ...settings,
      kind: ProviderKind,
      baseUrl: settings.baseUrl.optional(),
      key: settings.key.optional(),
    }),
    output: ModelProvider,
    errors: checkErrors,
    timeoutMs: 25_000,
  }),
  /** A new key, address or list of models is tried before it replaces the old one. */
  updateProvider: defineRequest('req.models.update-provider.v1', {
    input: z.object({ id: Id, enabled: z.boolean().optional(), ...z.object(settings).partial().shape }),
    output: ModelProvider,
    errors: { ...writableErrors, ...checkErrors },
    timeoutMs: 25_000,
  }),
  deleteProvider: defineRequest('req.models.delete-provider.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: writableErrors,
  }),
  /** What the provider offers now, read from its own list; at most 2 000 models. */
  listOfferedModels: defineRequest('req.models.list-offered-models.v1', {
    input: z.object({ id: Id, refresh: z.stringbool().or(z.boolean()).default(false) }),
    output: z.object({ items: z.array(OfferedModel), readAt: Instant }),
    errors: { ...foundErrors, ...checkErrors },
    timeoutMs: 15_000,
  }),
  getDefaultModels: defineRequest('req.models.get-default-models.v1', {
    input: Nothing,
    output: z.object({ models: z.array(z.string()) }),
  }),
  /** What `default` stands for, best first: the next one answers where the one before cannot. */
  setDefaultModels: defineRequest('req.models.set-default-models.v1', {
    input: z.object({ models: z.array(ModelName).max(8) }),
    output: z.object({ models: z.array(z.string()) }),
    errors: {
      model_not_found: {
        status: 422,
        title: 'One of the models is not offered.',
        hint: 'Name models as `<provider>/<model>`, of providers that are enabled.',
      },
    },
  }),
};

export const providersEvents = {
  providerSaved: defineEvent('evt.models.provider-saved.v1', z.object({ provider: ModelProvider })),
  providerDeleted: defineEvent(
    'evt.models.provider-deleted.v1',
    z.object({ providerId: Id, name: z.string() }),
  ),
  defaultModelsSet: defineEvent(
    'evt.models.default-models-set.v1',
    z.object({ models: z.array(z.string()) }),
  ),
};

export const providersRoutes = defineRoutes({
  'GET /api/v1/providers': {
    contract: providersRequests.listProviders,
    access: 'models:read',
    summary: 'List model providers',
  },
  'POST /api/v1/providers': {
    contract: providersRequests.createProvider,
    access: 'models:write',
    summary: 'Add a model provider; its key is tried first',
    status: 201,
  },
  'PATCH /api/v1/providers/{id}': {
    contract: providersRequests.updateProvider,
    access: 'models:write',
    summary: 'Change a model provider, or give it a new key',
  },
  'DELETE /api/v1/providers/{id}': {
    contract: providersRequests.deleteProvider,
    access: 'models:write',
    summary: 'Remove a model provider and its key',
  },
  'GET /api/v1/providers/{id}/models': {
    contract: providersRequests.listOfferedModels,
    access: 'models:read',
    summary: 'What a provider offers, with sizes and prices where they are known',
  },
  'GET /api/v1/models/default': {
    contract: providersRequests.getDefaultModels,
    access: 'models:read',
    summary: 'Which models answer by default, in which order',
  },
  'PUT /api/v1/models/default': {
    contract: providersRequests.setDefaultModels,
    access: 'models:write',
    summary: 'Choose which models answer by default, in which order',
  },
});
