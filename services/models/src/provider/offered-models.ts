import type { OfferedModel } from '@aether/contracts/providers';
import { z } from 'zod';

const LISTED_MAX = 2_000;
const perToken = z.coerce.number().nonnegative().nullish().catch(null);
const size = z.number().int().positive().nullish().catch(null);

/** The lists of OpenRouter, Anthropic, vLLM and OpenAI, which tell more or less beside the names. */
const Listed = z.object({
  id: z.string().min(1).max(200),
  context_length: size,
  max_model_len: size,
  max_input_tokens: size,
  max_tokens: size,
  top_provider: z.object({ max_completion_tokens: size }).nullish().catch(null),
  pricing: z
    .object({ prompt: perToken, completion: perToken, input_cache_read: perToken })
    .nullish()
    .catch(null),
});
const List = z.object({ data: z.array(z.unknown()) });

const perMillion = (price: number | null | undefined) =>
  typeof price === 'number' ? Number((price * 1_000_000).toPrecision(12)) : null;

/** Null where the text is not a list of models. Entries that cannot be read are left out. */
export function readModelList(text: string): OfferedModel[] | null {
  const list = List.safeParse(json(text));
  if (!list.success) return null;
  return list.data.data.slice(0, LISTED_MAX).flatMap((entry) => {
    const { data } = Listed.safeParse(entry);
    if (!data) return [];
    const inputUsdPerMillion = perMillion(data.pricing?.prompt);
    const outputUsdPerMillion = perMillion(data.pricing?.completion);
    const told = inputUsdPerMillion !== null && outputUsdPerMillion !== null;
    return {
      // Google's list says `models/<id>`; calls go without.
      id: data.id.replace(/^models\//, ''),
      contextWindow: data.context_length ?? data.max_model_len ?? data.max_input_tokens ?? null,
      maxTokens: data.top_provider?.max_completion_tokens ?? data.max_tokens ?? null,
      inputUsdPerMillion: told ? inputUsdPerMillion : null,
      cachedInputUsdPerMillion: told ? perMillion(data.pricing?.input_cache_read) : null,
      outputUsdPerMillion: told ? outputUsdPerMillion : null,
      priceFrom: told ? ('provider' as const) : null,
    };
  });
}

type Wanted = { id: string } & { [Key in keyof OfferedModel]?: OfferedModel[Key] };

/** What a person says goes before what the list says. */
export function completed(wanted: readonly Wanted[], listed: readonly OfferedModel[]): OfferedModel[] {
  return wanted.map((model) => {
    const known = listed.find(({ id }) => id === model.id);
    const own = model.inputUsdPerMillion != null && model.outputUsdPerMillion != null;
    const priced = own ? model : known;
    return {
      id: model.id,
      contextWindow: model.contextWindow ?? known?.contextWindow ?? null,
      maxTokens: model.maxTokens ?? known?.maxTokens ?? null,
      inputUsdPerMillion: priced?.inputUsdPerMillion ?? null,
      cachedInputUsdPerMillion: priced?.cachedInputUsdPerMillion ?? null,
      outputUsdPerMillion: priced?.outputUsdPerMillion ?? null,
      priceFrom: own ? 'person' : (known?.priceFrom ?? null),
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
