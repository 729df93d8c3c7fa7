import type { Model } from '@aether/contracts/models';
import type { GatewaySettings } from '@aether/openclaw-process/config';

/** The models that are offered, as a gateway is told of them; their prices are for its own estimates. */
export function gatewayModels(offered: readonly Model[]): GatewaySettings['models'] {
  return offered.map(({ id, contextWindow, maxTokens, images, usdPerMillion: price }) => ({
    id,
    contextWindow,
    maxOutputTokens: maxTokens,
    ...(images && { images }),
    ...(price && {
      cost: {
        input: price.input,
        output: price.output,
        cacheRead: price.cachedInput,
        cacheWrite: price.input,
      },
    }),
  }));
}
