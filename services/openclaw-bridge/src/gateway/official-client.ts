import {
  GatewayClient as OfficialClient,
  GatewayClientRequestTimeoutError,
  buildCloudflareAccessHeaders,
  isGatewayProtocolResponseError,
} from '@openclaw/gateway-client';
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol';
import type { AttachmentLimits } from '@aether/contracts/attachments';
import { deviceSigning, identityOf } from './device-key.js';
import { PROTOCOL, explainDown, type Failure } from './down-reasons.js';
import { TRANSPORT_CONFIGURATION, failureOf } from './failure-of.js';
import { NEEDED_SCOPES } from './offers.js';
import {
  GatewayClients,
  GatewayRequestError,
  type GatewayAddress,
  type GatewayClient,
  type GatewayListener,
} from './gateway-client.js';

const SLOW_RETRY_MS = 30_000;
/** How soon an approval is noticed. */
const PAIRING_RETRY_MS = 3_000;
const BACKOFF = { firstMs: 1_000, factor: 1.7, maxMs: 15_000 };
/** Shorter connections count as failed attempts, so that a gateway that hangs up at once is not hammered. */
const STABLE_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Approvals in a row before somebody has to look. */
const PAIRINGS_MAX = 3;

/** Speaks the protocol by OpenClaw's own client package; the only file that knows it. */
export class OfficialClients extends GatewayClients {
  create(address: GatewayAddress, listener: GatewayListener): GatewayClient {
    return new OfficialGatewayClient(address, listener);
  }
}

class OfficialGatewayClient implements GatewayClient {
  private client: OfficialClient | null = null;
  private retry: NodeJS.Timeout | undefined;
  private readyAt: number | null = null;
  private closed = false;
  private failures = 0;
  /** What the handshake was refused with, told before the close that follows from it. */
  private refusal: Failure | null = null;
  private goodbye: Failure['goodbye'];

  constructor(
    private readonly address: GatewayAddress,
    private readonly listener: GatewayListener,
  ) {}

  open(): void {
    void this.attempt();
  }

  private async attempt(): Promise<void> {
    const { outbound, url } = this.address;
    try {
      await outbound?.check(url);
    } catch (error) {
      this.failures += 1;
      if (!this.closed) this.retryLater(failureOf(error));
      return;
    }
    if (!this.closed) this.connect();
  }

  private connect(): void {
    const { url, auth, credential, access, tlsFingerprint, outbound } = this.address;
    const client: OfficialClient = new OfficialClient({
      url,
      ...(credential !== null && { [auth === 'password' ? 'password' : 'token']: credential }),
      ...(access && { edgeAuthHeaders: buildCloudflareAccessHeaders(access) }),
      ...(tlsFingerprint !== null && { tlsFingerprint }),
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
      deviceIdentity: identityOf(this.address.deviceKey),
      hostDeps: {
        ...deviceSigning,
        // Called before it makes a socket, reconnects included, and what it returns right after: the package looks the
        // name up once more, and takes no lookup.
        registerGatewayLoopbackBypass: () => outbound?.intercept(),
      },
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      notifyOnStartupRetry: true,
      onHelloOk: (hello) => this.onHello(hello),
      onEvent: (event: EventFrame) => this.onEvent(event),
      onGap: (gap) => this.listener.onGap(gap),
      onConnectError: (error) => this.onConnectError(client, error),
      onClose: (closeCode, message) => this.onClose(client, { closeCode, message }),
    });
    this.client = client;
    client.start();
  }

  async request(method: string, params: object, timeoutMs = REQUEST_TIMEOUT_MS): Promise<unknown> {
    if (!this.client || this.readyAt === null)
      throw new GatewayRequestError('not_connected', 'The gateway is not connected.', true);
    try {
      return await this.client.request(method, params, { timeoutMs });
    } catch (cause) {
      if (isGatewayProtocolResponseError(cause))
        throw new GatewayRequestError(
          cause.gatewayCode,
          cause.message,
          cause.retryable || cause.gatewayCode === 'UNAVAILABLE',
          { cause },
        );
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
    clearTimeout(this.retry);
    await this.retire();
  }

  private onHello(hello: HelloOk): void {
    this.readyAt = Date.now();
    this.refusal = null;
    this.goodbye = undefined;
    this.listener.onReady({
      version: hello.server.version,
      protocol: hello.protocol,
      bootId: hello.server.bootId ?? hello.server.connId,
      scopes: hello.auth.scopes,
      methods: hello.features.methods,
      limits: limitsOf(hello.policy),
    });
  }

  private onEvent({ event, payload }: EventFrame): void {
    if (event === 'shutdown') this.goodbye = isRestart(payload) ? 'restart' : 'stop';
    this.listener.onEvent({ event, payload });
  }

  private onConnectError(client: OfficialClient, error: unknown): void {
    this.refusal = failureOf(error);
    // Without a socket there is no close: this is its only word.
    if (this.refusal.code === TRANSPORT_CONFIGURATION) this.onClose(client, {});
  }

  /** The package would reconnect by itself, for ever and in its own rhythm; here each attempt is a new client. */
  private onClose(client: OfficialClient, closed: Failure): void {
    if (this.closed || this.client !== client) return;
    const failure = { ...closed, ...this.refusal, ...(this.goodbye && { goodbye: this.goodbye }) };
    const wasStable = this.readyAt !== null && Date.now() - this.readyAt > STABLE_MS;
    this.failures = wasStable ? 1 : this.failures + 1;
    this.refusal = null;
    this.goodbye = undefined;
    void this.retire();
    if (failure.pairingRequestId !== undefined && this.failures <= PAIRINGS_MAX)
      void this.pair(failure.pairingRequestId, failure);
    else this.retryLater(failure);
  }

  /** Approved, the device is let in at once; else whoever looks at the connection is told what to do. */
  private async pair(requestId: string, failure: Failure): Promise<void> {
    const isApproved = await this.address.approve(requestId);
    if (this.closed) return;
    if (isApproved) this.open();
    else this.retryLater(failure);
  }

  private retryLater(failure: Failure): void {
    const verdict = explainDown(failure, this.address);
    const { pairingRequestId } = failure;
    const hintMs = pairingRequestId === undefined ? failure.retryAfterMs : PAIRING_RETRY_MS;
    const waitMs = verdict.retry === 'never' ? null : this.waitMs(verdict.retry, hintMs);
    if (waitMs !== null) this.retry = setTimeout(() => this.open(), waitMs);
    this.listener.onDown({
      ...verdict,
      nextAttemptAt: waitMs === null ? null : new Date(Date.now() + waitMs),
      ...(pairingRequestId !== undefined && { pairingRequestId }),
    });
  }

  private waitMs(retry: 'soon' | 'slow', hintMs: number | undefined): number {
    if (hintMs !== undefined) return hintMs;
    if (retry === 'slow') return SLOW_RETRY_MS;
    const { firstMs, factor, maxMs } = BACKOFF;
    const grown = Math.min(maxMs, firstMs * factor ** (this.failures - 1));
    // Spread, so that many connections do not come back in the same instant.
    return Math.round(grown * (0.8 + Math.random() * 0.4));
  }

  private async retire(): Promise<void> {
    const client = this.client;
    this.client = null;
    this.readyAt = null;
    await client?.stopAndWait({ timeoutMs: 1_000 }).catch(() => undefined);
  }
}

/** Room in a frame for the longest text beside what it brings. */
const TEXT_BYTES = 1_572_864;

/** What travels with a message is written in base64, four characters for three bytes. */
function limitsOf({ maxPayload, attachments }: HelloOk['policy']): AttachmentLimits | null {
  if (!attachments) return null;
  const { maxBytes, maxImageBytes } = attachments;
  return {
    maxBytes,
    maxImageBytes,
    maxTotalBytes: Math.max(0, Math.floor((maxPayload - TEXT_BYTES) * 0.75)),
  };
}

function isRestart(goodbye: unknown): boolean {
  return typeof goodbye === 'object' && goodbye !== null && 'restartExpectedMs' in goodbye;
}
