import { isNativeError } from 'node:util/types';
import {
  GatewayClient as OfficialClient,
  GatewayClientRequestTimeoutError,
  isGatewayProtocolResponseError,
} from '@openclaw/gateway-client';
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol';
import { explainDown, NEEDED_SCOPES, type Failure } from './down-reasons.js';
import {
  GatewayClients,
  GatewayRequestError,
  type GatewayAddress,
  type GatewayClient,
  type GatewayListener,
} from './gateway-client.js';

const SLOW_RETRY_MS = 30_000;
const BACKOFF_MAX_MS = 30_000;
const REQUEST_TIMEOUT_MS = 30_000;
const PROTOCOL = 4;

/** Speaks the protocol by OpenClaw's own client package; the only file that knows it. */
export class OfficialClients extends GatewayClients {
  create(address: GatewayAddress, listener: GatewayListener): GatewayClient {
    return new OfficialGatewayClient(address, listener);
  }
}

class OfficialGatewayClient implements GatewayClient {
  private client: OfficialClient | null = null;
  private slowRetry: NodeJS.Timeout | undefined;
  private ready = false;
  private closed = false;
  private failures = 0;
  /** What the handshake was refused with, told before the close that follows from it. */
  private refusal: Failure | null = null;

  constructor(
    private readonly address: GatewayAddress,
    private readonly listener: GatewayListener,
  ) {}

  open(): void {
    if (this.closed) return;
    this.client = new OfficialClient({
      url: this.address.url,
      token: this.address.token,
      clientName: 'gateway-client',
      mode: 'backend',
      clientDisplayName: 'Aether',
      clientVersion: '0.1.0',
      platform: 'linux',
      role: 'operator',
      scopes: [...NEEDED_SCOPES],
      caps: ['tool-events', 'approvals'],
      minProtocol: PROTOCOL,
      maxProtocol: PROTOCOL,
      env: {},
      deviceIdentity: null,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onHelloOk: (hello) => this.onHello(hello),
      onEvent: (event: EventFrame) => this.listener.onEvent({ event: event.event, payload: event.payload }),
      onGap: (gap) => this.listener.onGap(gap),
      onConnectError: (error) => this.onConnectError(error),
      onClose: (closeCode, message) => this.onClose({ closeCode, message }),
    });
    this.client.start();
  }

  async request(method: string, params: object, timeoutMs = REQUEST_TIMEOUT_MS): Promise<unknown> {
    if (!this.client || !this.ready)
      throw new GatewayRequestError('not_connected', 'The gateway is not connected.', true);
    try {
      return await this.client.request(method, params, { timeoutMs });
    } catch (cause) {
      if (isGatewayProtocolResponseError(cause))
        throw new GatewayRequestError(cause.gatewayCode, cause.message, cause.retryable, { cause });
      const late = cause instanceof GatewayClientRequestTimeoutError;
      throw new GatewayRequestError(
        'lost',
        late ? `${method} was not answered in time.` : String(cause),
        true,
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.slowRetry);
    await this.retire();
  }

  private onHello(hello: HelloOk): void {
    this.ready = true;
    this.failures = 0;
    this.refusal = null;
    this.listener.onReady({
      version: hello.server.version,
      protocol: hello.protocol,
      bootId: hello.server.bootId ?? hello.server.connId,
      scopes: hello.auth.scopes,
    });
  }

  private onConnectError(error: unknown): void {
    this.refusal = failureOf(error);
    // A refused configuration (as a public address without TLS) gives no close: this is its only word.
    const configuration =
      isNativeError(error) && error.name === 'GatewayWebSocketTransportConfigurationError';
    if (configuration) this.onClose({ message: error.message, code: 'INVALID_REQUEST' });
  }

  private onClose(failure: Failure): void {
    if (this.closed) return;
    this.ready = false;
    this.failures += 1;
    const verdict = explainDown({ ...failure, ...this.refusal });
    this.refusal = null;
    const waitMs =
      verdict.retry === 'soon' ? Math.min(BACKOFF_MAX_MS, 1_000 * 2 ** (this.failures - 1)) : SLOW_RETRY_MS;
    const nextAttemptAt = verdict.retry === 'never' ? null : new Date(Date.now() + waitMs);
    // The package would try for ever once a second where somebody has to act first.
    if (verdict.retry !== 'soon') void this.retire();
    if (verdict.retry === 'slow') this.slowRetry = setTimeout(() => this.open(), SLOW_RETRY_MS);
    this.listener.onDown({ ...verdict, nextAttemptAt });
  }

  private async retire(): Promise<void> {
    const client = this.client;
    this.client = null;
    this.ready = false;
    await client?.stopAndWait({ timeoutMs: 1_000 }).catch(() => undefined);
  }
}

function failureOf(error: unknown): Failure {
  if (!isNativeError(error)) return { message: String(error) };
  const fields = error as Error & { code?: unknown; gatewayCode?: unknown; details?: unknown };
  const details = (fields.details ?? {}) as { code?: unknown; httpStatus?: unknown };
  // The package may wrap a socket's error, and then only the message still holds its code.
  const code =
    fields.gatewayCode ?? fields.code ?? /\b(ECONN\w+|ENOTFOUND|ETIMEDOUT)\b/.exec(error.message)?.[1];
  return {
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof details.code === 'string' && { detail: details.code }),
    ...(typeof details.httpStatus === 'number' && { httpStatus: details.httpStatus }),
  };
}
