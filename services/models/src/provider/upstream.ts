import type { ApiCall } from '../calls/api-call.js';

/** An answer on its way: nothing of the body is read before it is asked for. */
export interface UpstreamReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What answers calls: a provider, or the demo model. */
export interface Upstream {
  readonly demo: boolean;
  /**
   * Resolves with the answer's first byte. Throws `ApiError` for what the client should be told; the
   * body throws it too. Aborting the signal ends both.
   */
  send(call: ApiCall, signal: AbortSignal): Promise<UpstreamReply>;
}
