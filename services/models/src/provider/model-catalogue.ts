import type { ModelEndpoint } from '@aether/contracts/models';
import type { ModelProvider, OfferedModel, ProviderKind } from '@aether/contracts/providers';
import { Inject, Injectable } from '@nestjs/common';
import { withFields, type ApiCall } from '../calls/api-call.js';
import { ApiError, invalidRequest, unknownModel } from '../calls/api-error.js';
import type { ModelsConfig } from '../config.js';
import { DemoModel } from '../demo/demo-model.js';
import { CONFIG } from '../tokens.js';
import { MessagesByChat } from '../translation/messages-by-chat.js';
import { toldPrices } from '../usage/cost.js';
import type { ModelProviderRow } from './model-provider.entity.js';
import { completed } from './offered-models.js';
import { Provider } from './provider.js';
import { Providers } from './providers.js';
import type { Upstream } from './upstream.js';
import { wires, type ApiPath } from './wire.js';

const DEMO_MODEL = 'aether-demo';
/** Whatever the installation uses by default, so that an agent's configuration need not name it. */
export const DEFAULT_ALIAS = 'default';
const DEMO_ALIASES: readonly string[] = [DEMO_MODEL, 'demo'];
const CONFIGURED = { id: '00000000-0000-7000-8000-00000000c0f1', name: 'configured' } as const;

const FREE = { inputUsdPerMillion: 0, cachedInputUsdPerMillion: 0, outputUsdPerMillion: 0 };
export type Prices = Pick<
  OfferedModel,
  'inputUsdPerMillion' | 'cachedInputUsdPerMillion' | 'outputUsdPerMillion'
>;

/** One that may answer a call. */
export interface Candidate {
  /** As it is booked: the demo model, the configured one, or `<provider>/<model>`. */
  readonly model: string;
  readonly provider: string | null;
  readonly prices: Prices;
  readonly maxTokens: number;
  readonly open: () => Promise<Upstream>;
  /** The call as this one is sent it. */
  readonly prepare: (asked: ApiCall) => ApiCall;
}

interface Offer extends Omit<Candidate, 'prepare' | 'open'> {
  readonly kind: ProviderKind;
  /** The provider's own name for the model. */
  readonly id: string;
  readonly contextWindow: number;
  readonly images: boolean;
  readonly open: () => Promise<Provider>;
}

/** Their lists do not tell which of their models see pictures: all that agents are given do. */
const SEEING: ReadonlySet<ProviderKind> = new Set(['openai', 'anthropic', 'google']);

/** Which models there are, and who answers for them. */
@Injectable()
export class ModelCatalogue {
  private readonly configured: Provider | null;
  private readonly demo: DemoModel;

  constructor(
    @Inject(CONFIG) private readonly config: ModelsConfig,
    private readonly providers: Providers,
  ) {
    this.demo = new DemoModel(DEMO_MODEL, config.DEMO_DELAY_MS);
    this.configured = config.MODEL_PROVIDER_BASE_URL
      ? new Provider({
          kind: 'openai-compatible',
          baseUrl: config.MODEL_PROVIDER_BASE_URL,
          apiKey: config.MODEL_PROVIDER_API_KEY,
          firstByteTimeoutMs: config.MODEL_FIRST_BYTE_TIMEOUT_MS,
          idleTimeoutMs: config.MODEL_IDLE_TIMEOUT_MS,
        })
      : null;
  }

  /**
   * What agents are told: the default first, then every model that is offered. They ask for the default by its alias,
   * so that those who run already get another one as soon as it is chosen.
   */
  async describe(): Promise<Omit<ModelEndpoint, 'baseUrl'>> {
    const { rows, defaults } = await this.providers.all();
    const demo = { model: DEMO_MODEL, demo: true, images: false, prices: FREE, ...this.limits() };
    const told = (offer: Offer) => ({ ...offer, demo: false });
    const [missing] = defaults;
    const answering =
      this.answering(rows, defaults).map(told)[0] ??
      (missing ? { ...demo, model: missing, demo: false } : demo);
    const own = this.configured ? [this.configuredOffer(this.config.MODEL_PROVIDER_MODEL ?? '')] : [];
    const offered = rows
      .filter(({ enabled }) => enabled)
      .flatMap((row) => row.models.map((model) => this.offerOf(row, model)));
    const models = [{ ...answering, model: DEFAULT_ALIAS }, ...[...own, ...offered].map(told), demo];
    return {
      defaultModel: DEFAULT_ALIAS,
      answering: answering.model,
      demo: answering.demo,
      models: models.map(({ model: id, demo: isDemo, contextWindow, maxTokens, images, prices }) => ({
        ...{ id, demo: isDemo, contextWindow, maxTokens, ...(images && { images }), ...toldPrices(prices) },
      })),
    };
  }

  /** Who would answer `default`; none where that is the demo model. */
  async defaultProviders(): Promise<{ provider: () => Promise<Provider>; model: string }[]> {
    const { rows, defaults } = await this.providers.all();
    return this.answering(rows, defaults).map(({ open, id }) => ({ provider: open, model: id }));
  }

  /** Those that may answer a call, best first; never none. Calls for the first of `order` are for all of it. */
  async resolve(asked: ApiCall, order: readonly string[] = []): Promise<readonly Candidate[]> {
    const { rows, defaults } = await this.providers.all();
    const name = asked.request.model;
    if (DEMO_ALIASES.includes(name)) return this.demoCandidates(asked);
    if (name === DEFAULT_ALIAS) {
      const answering = this.answering(rows, defaults);
      if (answering.length > 0) return this.candidates(answering, asked);
      if (defaults.length > 0) throw noneEnabled();
      return this.demoCandidates(asked);
    }
    const ordered = order[0] === name ? order.flatMap((one) => this.offer(one, rows) ?? []) : [];
    if (ordered.length > 0) return this.candidates(ordered, asked);
    const offer = this.offer(name, rows) ?? (this.configured && this.configuredOffer(name));
    if (!offer) throw unknownModel(name, [DEMO_MODEL, ...namesOf(rows)]);
    return this.candidates([offer], asked);
  }

  /** True where agents may ask for it. */
  async isOffered(name: string): Promise<boolean> {
    const { rows } = await this.providers.all();
    return DEMO_ALIASES.includes(name) || this.offer(name, rows) !== null;
  }

  /** The provider of the environment, as it is listed beside the others. */
  configuredProvider(): ModelProvider | null {
    const { MODEL_PROVIDER_BASE_URL: baseUrl, MODEL_PROVIDER_API_KEY: key } = this.config;
    if (!this.configured || !baseUrl) return null;
    const id = this.config.MODEL_PROVIDER_MODEL ?? '';
    return {
      ...CONFIGURED,
      kind: 'openai-compatible',
      baseUrl,
      source: 'settings',
      hasKey: key !== undefined,
      enabled: true,
      models: [{ id, ...this.limits(), ...this.configuredPrices(id) }],
      createdAt: null,
      updatedAt: null,
    };
  }

  /** The open client of the configured provider where `id` is its own. */
  configuredClient(id: string): Provider | null {
    return id === CONFIGURED.id ? this.configured : null;
  }

  /** Behind the default, best first; none where it is the demo model, or where none of those chosen is offered. */
  private answering(rows: readonly ModelProviderRow[], defaults: readonly string[]): Offer[] {
    const chosen = defaults.flatMap((name) => this.offer(name, rows) ?? []);
    if (defaults.length > 0 || !this.configured) return chosen;
    return [this.configuredOffer(this.config.MODEL_PROVIDER_MODEL ?? '')];
  }

  private demoCandidates(asked: ApiCall): Candidate[] {
    const paths = ['/chat/completions'] as const;
    const way = wayOf(asked.path, { kind: 'openai-compatible', paths, asksUsage: true });
    if (!way)
      throw invalidRequest(
        'The demo model answers chat completions and messages only. Add a provider for other calls.',
      );
    const { maxTokens } = this.limits();
    const open = () => Promise.resolve(way(this.demo));
    const prepare = (call: ApiCall) => named(call, { model: DEMO_MODEL, asksUsage: true });
    return [{ model: DEMO_MODEL, provider: null, prices: FREE, maxTokens, open, prepare }];
  }

  /** Those whose API has the path of the call, or takes it translated. */
  private candidates(offers: readonly Offer[], asked: ApiCall): Candidate[] {
    const found = offers.flatMap((offer) => {
      const asksUsage = offer.provider !== CONFIGURED.name || this.config.MODEL_PROVIDER_STREAM_USAGE;
      const way = wayOf(asked.path, { kind: offer.kind, asksUsage });
      if (!way) return [];
      const open = async () => way(await offer.open());
      return [{ ...offer, open, prepare: (call: ApiCall) => named(call, { model: offer.id, asksUsage }) }];
    });
    if (found.length > 0) return found;
    throw invalidRequest(
      `The provider of this model has no /v1${asked.path}. Use /v1/chat/completions, or a model of another provider.`,
    );
  }

  /** Null where no enabled provider has the prefix; a model that is not listed is the provider's to know. */
  private offer(name: string, rows: readonly ModelProviderRow[]): Offer | null {
    if (this.configured && name === this.config.MODEL_PROVIDER_MODEL) return this.configuredOffer(name);
    const slash = name.indexOf('/');
    const row = rows.find((one) => one.enabled && one.name === name.slice(0, Math.max(slash, 0)));
    const model = row?.models.find(({ id }) => id === name.slice(slash + 1));
    return row && model ? this.offerOf(row, model) : null;
  }

  private offerOf(row: ModelProviderRow, model: OfferedModel): Offer {
    const limits = this.limits();
    return {
      model: `${row.name}/${model.id}`,
      provider: row.name,
      kind: row.kind,
      id: model.id,
      prices: model,
      contextWindow: model.contextWindow ?? limits.contextWindow,
      maxTokens: model.maxTokens ?? limits.maxTokens,
      images: model.images ?? SEEING.has(row.kind),
      open: () => this.providers.open(row),
    };
  }

  private configuredOffer(id: string): Offer {
    const { configured } = this;
    return {
      model: id,
      provider: CONFIGURED.name,
      kind: 'openai-compatible',
      id,
      prices: this.configuredPrices(id),
      ...this.limits(),
      images: false,
      open: () => (configured ? Promise.resolve(configured) : Promise.reject(noneEnabled())),
    };
  }

  /** Of the settings for the model they name, else of the catalogue where it knows the address. */
  private configuredPrices(id: string): Prices & Pick<OfferedModel, 'priceFrom'> {
    const {
      MODEL_PROVIDER_BASE_URL: baseUrl = '',
      MODEL_PROVIDER_MODEL: named,
      MODEL_PROVIDER_INPUT_USD_PER_MILLION: input,
      MODEL_PROVIDER_OUTPUT_USD_PER_MILLION: output,
    } = this.config;
    const wanted = { id, ...(id === named && { inputUsdPerMillion: input, outputUsdPerMillion: output }) };
    const origin = { kind: 'openai-compatible' as const, baseUrl };
    const [model] = completed([wanted], { listed: [], origin }) as [OfferedModel];
    const { inputUsdPerMillion, cachedInputUsdPerMillion, outputUsdPerMillion, priceFrom } = model;
    return { inputUsdPerMillion, cachedInputUsdPerMillion, outputUsdPerMillion, priceFrom };
  }

  private limits() {
    return {
      contextWindow: this.config.MODEL_CONTEXT_WINDOW_TOKENS,
      maxTokens: this.config.MODEL_OUTPUT_MAX_TOKENS,
    };
  }
}

/** How calls of a path reach an upstream: as they are, translated, or not at all. */
function wayOf(
  path: ApiPath,
  {
    kind,
    paths = wires[kind].paths,
    asksUsage,
  }: { kind: ProviderKind; paths?: readonly ApiPath[]; asksUsage: boolean },
): ((upstream: Upstream) => Upstream) | null {
  const isTaken = paths.includes(path);
  const mayLackIt = kind === 'openai-compatible';
  if (path === '/messages' && paths.includes('/chat/completions') && (!isTaken || mayLackIt))
    return (upstream) =>
      new MessagesByChat(upstream, { kind, includeUsage: asksUsage, triesNative: isTaken });
  return isTaken ? (upstream) => upstream : null;
}

/** Under the provider's own name, and asked to report its usage, which a stream of chat does not do by itself. */
function named(call: ApiCall, { model, asksUsage }: { model: string; asksUsage: boolean }): ApiCall {
  const { stream, stream_options: options } = call.request;
  const told = typeof options === 'object' && options !== null ? options : {};
  const asks = asksUsage && call.path === '/chat/completions' && stream;
  const isAsked = 'include_usage' in told && told.include_usage === true;
  return withFields(call, {
    ...(model !== call.request.model && { model }),
    ...(asks && !isAsked && { stream_options: { ...told, include_usage: true } }),
  });
}

const namesOf = (rows: readonly ModelProviderRow[]) =>
  rows
    .filter(({ enabled }) => enabled)
    .flatMap(({ name, models }) => models.map(({ id }) => `${name}/${id}`));

const noneEnabled = () =>
  new ApiError(
    503,
    'no_provider',
    'None of the default models is offered by an enabled provider. Enable one, or choose other default models.',
  );
