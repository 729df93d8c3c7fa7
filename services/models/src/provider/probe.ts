import { OutboundRefused } from '@aether/runtime/outbound';
import type { OfferedModel } from '@aether/contracts/providers';
import { readModelList } from './offered-models.js';
import { networkFault, type Provider } from './provider.js';

type FaultCode =
  | 'address_refused'
  | 'key_refused'
  | 'provider_unreachable'
  | 'no_credit'
  | 'wrong_address_or_model'
  | 'provider_failing';

/** Why a provider would not answer agents. */
export interface Fault {
  readonly code: FaultCode;
  readonly cause: string;
}

export interface Probe {
  readonly fault: Fault | null;
  /** What it lists; empty where it has no list that can be read. */
  readonly listed: readonly OfferedModel[];
}

/** Both together stay below the 15 s of the check's contract. */
const LIST_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 8_000;
const LIST_MAX_BYTES = 16 * 1024 * 1024;

/** Asks the provider for real, as the first agent would. */
export async function probe(provider: Provider, model: string): Promise<Probe> {
  const { fault, listed } = await listModels(provider);
  return { fault: fault ?? (await call(provider, model)), listed };
}

/** Cheap, and enough to find a wrong address; some providers list models without looking at the key. */
export async function listModels(provider: Provider): Promise<Probe> {
  try {
    const response = await provider.request('/models', { signal: AbortSignal.timeout(LIST_TIMEOUT_MS) });
    const text = await textOf(response.body);
    return {
      fault: keyFault(response.status),
      listed: (response.ok && readModelList(text, provider.origin)) || [],
    };
  } catch (error) {
    return { fault: unreachable(error), listed: [] };
  }
}

/** One token: proves the key and the model. A slow or fussy answer is not a fault of either. */
async function call(provider: Provider, model: string): Promise<Fault | null> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'ping' }], max_tokens: 1 });
  try {
    const response = await provider.request('/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const text = await textOf(response.body);
    return keyFault(response.status) ?? callFault(response.status, text, model);
  } catch (error) {
    return isTimeout(error) ? null : unreachable(error);
  }
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > LIST_MAX_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function keyFault(status: number): Fault | null {
  if (status !== 401 && status !== 403) return null;
  return { code: 'key_refused', cause: `The model provider refused the key (HTTP ${status}).` };
}

function callFault(status: number, text: string, model: string): Fault | null {
  if (status === 404 || (status >= 300 && status < 400))
    return {
      code: 'wrong_address_or_model',
      cause: `The model provider does not know the model "${model}", or has no chat completions at this address.`,
    };
  if (status === 402 || (status === 429 && text.includes('insufficient_quota')))
    return {
      code: 'no_credit',
      cause: `The account at the model provider has no credit left (HTTP ${status}).`,
    };
  if (status >= 500)
    return {
      code: 'provider_failing',
      cause: `The model provider fails at the moment (HTTP ${status}).`,
    };
  return null;
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

function unreachable(error: unknown): Fault {
  const refused = [error, error instanceof Error && error.cause].find(
    (part) => part instanceof OutboundRefused,
  );
  if (refused instanceof OutboundRefused) return { code: 'address_refused', cause: refused.message };
  return {
    code: 'provider_unreachable',
    cause: isTimeout(error)
      ? `The model provider did not answer within ${LIST_TIMEOUT_MS / 1000} s.`
      : `The model provider cannot be reached: ${networkFault(error).text}.`,
  };
}
