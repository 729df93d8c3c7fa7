import type { OfferedModel } from '@aether/contracts/providers';
import { z } from 'zod';
import { knownModel, type Origin } from './known-models.js';

const LISTED_MAX = 2_000;
const perToken = z.coerce.number().nonnegative().nullish().catch(null);
const size = z.number().int().positive().nullish().catch(null);

/** The lists of OpenRouter, Groq, Mistral, vLLM, Anthropic and OpenAI, which tell more or less beside the names. */
const Listed = z.object({
  id: z.string().min(1).max(200),
  context_length: size,
  context_window: size,
  max_context_length: size,
  max_model_len: size,
  max_input_tokens: size,
  max_tokens: size,
  max_completion_tokens: size,
  architecture: z
    .object({ input_modalities: z.array(z.string()) })
    .nullish()
    .catch(null),
  top_provider: z.object({ max_completion_tokens: size }).nullish().catch(null),
  pricing: z
    .object({ prompt: perToken, completion: perToken, input_cache_read: perToken })
    .nullish()
    .catch(null),
});
const List = z.object({ data: z.array(z.unknown()) });

const perMillion = (price: number | null | undefined) =>
  typeof price === 'number' ? Number((price * 1_000_000).toPrecision(12)) : null;

/**
 * Null where the text is not a list of models. Entries that cannot be read are left out; what the list does not tell is
 * the catalogue's.
 */
export function readModelList(text: string, origin: Origin): OfferedModel[] | null {
  const list = List.safeParse(json(text));
  if (!list.success) return null;
  return list.data.data.slice(0, LISTED_MAX).flatMap((entry) => {
    const { data } = Listed.safeParse(entry);
    if (!data) return [];
    const inputUsdPerMillion = perMillion(data.pricing?.prompt);
    const outputUsdPerMillion = perMillion(data.pricing?.completion);
    const told = inputUsdPerMillion !== null && outputUsdPerMillion !== null;
    const model = {
      // Google's list says `models/<id>`; calls go without.
      id: data.id.replace(/^models\//, ''),
      contextWindow:
        data.context_length ??
        data.context_window ??
        data.max_context_length ??
        data.max_model_len ??
        data.max_input_tokens ??
        null,
      maxTokens:
        data.top_provider?.max_completion_tokens ?? data.max_completion_tokens ?? data.max_tokens ?? null,
      ...(data.architecture && { images: data.architecture.input_modalities.includes('image') }),
      inputUsdPerMillion: told ? inputUsdPerMillion : null,
      cachedInputUsdPerMillion: told ? perMillion(data.pricing?.input_cache_read) : null,
      outputUsdPerMillion: told ? outputUsdPerMillion : null,
      priceFrom: told ? ('provider' as const) : null,
    };
    return filledIn(model, origin);
  });
}

function filledIn(model: OfferedModel, origin: Origin): OfferedModel {
  if (model.contextWindow !== null && model.priceFrom !== null) return model;
  const known = knownModel(model.id, origin);
  if (!known) return model;
  return {
    ...model,
    contextWindow: model.contextWindow ?? known.contextWindow,
    ...(model.priceFrom === null && known.prices && { ...known.prices, priceFrom: 'catalogue' as const }),
  };
}

const untold = (id: string): OfferedModel => ({
  id,
  contextWindow: null,
  maxTokens: null,
  inputUsdPerMillion: null,
  cachedInputUsdPerMillion: null,
  outputUsdPerMillion: null,
  priceFrom: null,
});

type Wanted = { id: string } & { [Key in keyof OfferedModel]?: OfferedModel[Key] };

/** What a person says goes before what the list says, and that before the catalogue. */
export function completed(
  wanted: readonly Wanted[],
  { listed, origin }: { listed: readonly OfferedModel[]; origin: Origin },
): OfferedModel[] {
  return wanted.map((model) => {
    const known = listed.find(({ id }) => id === model.id) ?? filledIn(untold(model.id), origin);
    const own = model.inputUsdPerMillion != null && model.outputUsdPerMillion != null;
    const priced = own ? model : known;
    const images = model.images ?? known.images;
    return {
      id: model.id,
      contextWindow: model.contextWindow ?? known.contextWindow,
      maxTokens: model.maxTokens ?? known.maxTokens,
      ...(images !== undefined && { images }),
      inputUsdPerMillion: priced.inputUsdPerMillion ?? null,
      cachedInputUsdPerMillion: priced.cachedInputUsdPerMillion ?? null,
      outputUsdPerMillion: priced.outputUsdPerMillion ?? null,
      priceFrom: own ? 'person' : known.priceFrom,
    };
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
