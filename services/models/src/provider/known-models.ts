import type { OfferedModel, ProviderKind } from '@aether/contracts/providers';
import { calcPrice } from '@pydantic/genai-prices';

/** Whose models they are: the kind says so, and for any other server its address does. */
export interface Origin {
  readonly kind: ProviderKind;
  readonly baseUrl: string;
}

export interface KnownModel {
  readonly contextWindow: number | null;
  /** Null where tokens are not all that is paid for, or where they cost more at some hours. */
  readonly prices: Pick<
    OfferedModel,
    'inputUsdPerMillion' | 'cachedInputUsdPerMillion' | 'outputUsdPerMillion'
  > | null;
}

/** The only place that knows the catalogue: data of the library's release, which may be out of date. */
export function knownModel(id: string, { kind, baseUrl }: Origin): KnownModel | null {
  const whose = kind === 'openai-compatible' ? { providerApiUrl: baseUrl } : { providerId: kind };
  const found = calcPrice({}, id, whose);
  if (!found) return null;
  const { model, model_price: price } = found;
  const input = base(price['input_mtok']);
  const isPriced = input !== null && !price['requests_kcount'] && !changesByHour(model.prices);
  // Embeddings have no output to pay for.
  const output = Object.keys(price).some((unit) => unit.startsWith('output'))
    ? base(price['output_mtok'])
    : 0;
  return {
    contextWindow: model.context_window ?? null,
    prices:
      isPriced && output !== null
        ? {
            inputUsdPerMillion: input,
            cachedInputUsdPerMillion: base(price['cache_read_mtok']),
            outputUsdPerMillion: output,
          }
        : null,
  };
}

type Price = NonNullable<ReturnType<typeof calcPrice>>['model_price'][string];
type Prices = NonNullable<ReturnType<typeof calcPrice>>['model']['prices'];

/** Where very long prompts cost more, what the others cost. */
const base = (price: Price) => (typeof price === 'object' ? price.base : (price ?? null));

const changesByHour = (prices: Prices) =>
  Array.isArray(prices) && prices.some(({ constraint }) => constraint?.type === 'time_of_date');
