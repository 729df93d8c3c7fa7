import type { Model } from '@aether/contracts/models';
import type { Prices } from '../provider/model-catalogue.js';

const PER = 1_000_000;

/** US dollars, or null where the price is not known. */
export function costOf(
  tokens: { inputTokens: number; cachedInputTokens: number; outputTokens: number },
  prices: Prices,
): number | null {
  const { inputUsdPerMillion: input, outputUsdPerMillion: output } = prices;
  if (input === null || output === null) return null;
  const cached = prices.cachedInputUsdPerMillion ?? input;
  const fresh = tokens.inputTokens - tokens.cachedInputTokens;
  return (fresh * input + tokens.cachedInputTokens * cached + tokens.outputTokens * output) / PER;
}

/** As agents are told of them; nothing where they are not known. */
export function toldPrices(prices: Prices): Pick<Model, 'usdPerMillion'> {
  const { inputUsdPerMillion: input, outputUsdPerMillion: output } = prices;
  if (input === null || output === null) return {};
  return { usdPerMillion: { input, cachedInput: prices.cachedInputUsdPerMillion ?? input, output } };
}
