import type { ProviderKind } from '@aether/contracts/providers';
import type { Outbound } from '@aether/runtime/outbound';
import { Agent, fetch, type Headers, type RequestInit } from 'undici';
import type { ApiCall } from '../calls/api-call.js';
import { ApiError } from '../calls/api-error.js';
import type { Origin } from './known-models.js';
import type { Upstream, UpstreamReply } from './upstream.js';
import { keyHeaders } from './wire.js';

export interface ProviderOptions {
  readonly kind: ProviderKind;
  /** Where a person typed the address: what it may stand for. */
  readonly outbound?: Outbound;
  /** Ends in /v1 or the like, without a slash. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Headers that belong to one connection, and cookies, which are nobody's business here. */
const NOT_PASSED = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|set-cookie|date)$/;

const CONNECT_TIMEOUT_MS = 10_000;

/** Passes calls on to one provider, over connections that are kept. Nothing is tried twice here. */
export class Provider implements Upstream {
  readonly demo = false;

  private readonly agent: Agent;

  constructor(private readonly options: ProviderOptions) {
    const lookup = options.outbound && { lookup: options.outbound.lookup };
    // The waiting is timed in `send`, which can say what it was waiting for.
    this.agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...lookup },
    });
  }

  get origin(): Origin {
    return this.options;
  }

  /** Calls under way are let finish. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  async send(call: ApiCall, signal: AbortSignal): Promise<UpstreamReply> {
    const { firstByteTimeoutMs, idleTimeoutMs } = this.options;
    const watch = new AbortController();
    const late = setTimeout(
      () => watch.abort(tooLate('began no answer', firstByteTimeoutMs)),
      firstByteTimeoutMs,
    );
    try {
      const response = await this.request(call.path, {
        method: 'POST',
        headers: {
          ...call.headers,
          'content-type': 'application/json',
          accept: call.request.stream ? 'text/event-stream' : '*/*',
        },
        body: call.body,
        signal: AbortSignal.any([signal, watch.signal]),
      });
      return {
        status: response.status,
        headers: passedHeaders(response.headers),
        body: watched(response.body, watch, idleTimeoutMs),
      };
    } catch (error) {
      throw toApiError(error, watch.signal);
    } finally {
      clearTimeout(late);
    }
  }

  /** A request with the provider's own key. Rejects with the client library's errors. */
  async request(path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }) {
    const { baseUrl, apiKey, kind, outbound } = this.options;
    await outbound?.check(baseUrl);
    return fetch(`${baseUrl}${path}`, {
      ...init,
      dispatcher: this.agent,
      redirect: 'manual',
      headers: {
        ...keyHeaders(kind, { path, key: apiKey }),
        ...init.headers,
        // Otherwise the bytes would come compressed, and leave unpacked under the headers of packed ones.
        'accept-encoding': 'identity',
      },
    });
  }
}

function passedHeaders(headers: Headers): Record<string, string> {
  const passed = [...headers].filter(([name]) => !NOT_PASSED.test(name));
  // A provider that packs the answer all the same: what is passed on is unpacked.
  if (headers.has('content-encoding'))
    return Object.fromEntries(
      passed.filter(([name]) => name !== 'content-encoding' && name !== 'content-length'),
    );
  return Object.fromEntries(passed);
}

/** Ends the call when nothing moves: no byte from the provider, or none taken by the client. */
async function* watched(
  body: AsyncIterable<Uint8Array> | null,
  watch: AbortController,
  idleTimeoutMs: number,
): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const timer = setTimeout(
    () => watch.abort(tooLate('went silent in the middle of its answer', idleTimeoutMs)),
    idleTimeoutMs,
  );
  try {
    for await (const chunk of body) {
      timer.refresh();
      yield chunk;
      timer.refresh();
    }
  } catch (error) {
    throw toApiError(error, watch.signal);
  } finally {
    clearTimeout(timer);
  }
}

const tooLate = (what: string, ms: number) =>
  new ApiError(
    504,
    'provider_timeout',
    `The model provider ${what} for ${ms / 1000} s. Try again, or look at the provider's status.`,
  );

function toApiError(error: unknown, watch: AbortSignal): unknown {
  if (watch.aborted) return watch.reason;
  const { code, text } = networkFault(error);
  if (code === 'ABORT_ERR') return error;
  return new ApiError(
    502,
    'provider_unreachable',
    `The model provider cannot be reached or broke off: ${text}. Check the provider's base URL and the network.`,
    {
      cause: error,
    },
  );
}

/** What lies under the `fetch failed` of the built-in client. */
export function networkFault(error: unknown): { code: string; text: string } {
  if (error instanceof Error && error.name === 'AbortError') return { code: 'ABORT_ERR', text: 'aborted' };
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = root instanceof Error && 'code' in root ? String(root.code) : '';
  const text = root instanceof Error && root.message ? root.message : code || String(root);
  return { code, text };
}
