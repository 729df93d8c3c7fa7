import type { OutputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { ModelCatalogue } from './model-catalogue.js';
import { networkFault, type Provider } from './provider.js';

type Check = OutputOf<typeof modelsRequests.checkProvider>;
type Fault = { cause: string; remedy: string };

/** Both together stay below the contract's 15 s. */
const LIST_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 8_000;

/** Asks the provider for real, as the first agent would. */
@Injectable()
export class CheckProvider {
  constructor(private readonly catalogue: ModelCatalogue) {}

  async execute(context: Context): Promise<Check> {
    requireServiceOr(context, 'deployments:write');
    const { provider, isDemo: demo } = this.catalogue;
    const fault = provider ? ((await this.list(provider)) ?? (await this.call(provider))) : null;
    return { ok: fault === null, demo, cause: fault?.cause ?? null, remedy: fault?.remedy ?? null };
  }

  /** Cheap, and enough to find a wrong address; some providers list models without looking at the key. */
  private async list(provider: Provider): Promise<Fault | null> {
    try {
      const response = await provider.request('/models', { signal: AbortSignal.timeout(LIST_TIMEOUT_MS) });
      await response.body?.cancel();
      return keyFault(response.status);
    } catch (error) {
      return unreachable(error);
    }
  }

  /** One token: proves the key and the model. A slow or fussy answer is not a fault of either. */
  private async call(provider: Provider): Promise<Fault | null> {
    const model = this.catalogue.defaultModel;
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'ping' }], max_tokens: 1 });
    try {
      const response = await provider.request('/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const text = await response.text();
      return keyFault(response.status) ?? callFault(response.status, text, model);
    } catch (error) {
      return isTimeout(error) ? null : unreachable(error);
    }
  }
}

function keyFault(status: number): Fault | null {
  if (status !== 401 && status !== 403) return null;
  return {
    cause: `The model provider refused the key (HTTP ${status}).`,
    remedy:
      'Set MODEL_PROVIDER_API_KEY to a key that is valid for MODEL_PROVIDER_BASE_URL, and start Aether again.',
  };
}

function callFault(status: number, text: string, model: string): Fault | null {
  if (status === 404)
    return {
      cause: `The model provider does not know the model "${model}", or has no chat completions at this address.`,
      remedy:
        'Check MODEL_PROVIDER_MODEL, and that MODEL_PROVIDER_BASE_URL ends as the provider says (mostly in /v1).',
    };
  if (status === 402 || (status === 429 && text.includes('insufficient_quota')))
    return {
      cause: `The account at the model provider has no credit left (HTTP ${status}).`,
      remedy: 'Add credit at the provider, or configure another key.',
    };
  if (status >= 500)
    return {
      cause: `The model provider fails at the moment (HTTP ${status}).`,
      remedy: "Look at the provider's status page and try again later.",
    };
  return null;
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

function unreachable(error: unknown): Fault {
  return isTimeout(error)
    ? {
        cause: `The model provider did not answer within ${LIST_TIMEOUT_MS / 1000} s.`,
        remedy: 'Check MODEL_PROVIDER_BASE_URL and that this machine may reach it (proxy, firewall).',
      }
    : {
        cause: `The model provider cannot be reached: ${networkFault(error).text}.`,
        remedy: 'Check MODEL_PROVIDER_BASE_URL, and that the provider runs and this machine may reach it.',
      };
}
