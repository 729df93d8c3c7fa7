import type { AttachmentLimits } from '@aether/contracts/attachments';
import type { GatewayAuth, Reason } from '@aether/contracts/openclaw';
import type { Outbound } from '@aether/runtime/outbound';

/** What a gateway said of itself at the handshake. */
export interface Hello {
  readonly version: string;
  readonly protocol: number;
  /** Changes with each start of the gateway, also one inside the same process. */
  readonly bootId: string;
  readonly scopes: readonly string[];
  readonly methods: readonly string[];
  /** Of what messages bring; null where it does not tell. */
  readonly limits: AttachmentLimits | null;
}

/** An event frame of the gateway. */
export interface GatewayEvent {
  readonly event: string;
  readonly payload: unknown;
}

/** Why a connection is down and what becomes of it. */
export interface Down extends Reason {
  /** `soon`: again after growing waits; `slow`: after half a minute or when the gateway says; `never`: somebody must act first. */
  readonly retry: 'soon' | 'slow' | 'never';
  readonly nextAttemptAt: Date | null;
  /** What the gateway calls the request to approve this device, where it waits for that. */
  readonly pairingRequestId?: string;
}

export interface GatewayListener {
  onReady(hello: Hello): void;
  onEvent(event: GatewayEvent): void;
  /** Frames were lost: what they told must be read again. */
  onGap(gap: { expected: number; received: number }): void;
  onDown(down: Down): void;
}

/** A request did not get a good answer. `code` is the gateway's, or `lost` where the outcome is unknown. */
export class GatewayRequestError extends Error {
  override readonly name = 'GatewayRequestError';

  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True where the connection failed rather than the request: whether it took effect is not known. */
  get isLost(): boolean {
    return this.code === 'lost' || this.code === 'not_connected';
  }
}

/** One persistent connection to one gateway; reconnects by itself until closed. */
export interface GatewayClient {
  open(): void;
  /** Throws `GatewayRequestError`. */
  request(method: string, params: object, timeoutMs?: number): Promise<unknown>;
  close(): Promise<void>;
}

export interface GatewayAddress {
  readonly url: string;
  readonly auth: GatewayAuth;
  /** The token or the password; null where the device alone is shown. */
  readonly credential: string | null;
  /** Service token of Cloudflare Access, sent with the upgrade. */
  readonly access: { readonly clientId: string; readonly clientSecret: string } | null;
  /** SHA-256 of the one certificate that is taken; null: any that is trusted. */
  readonly tlsFingerprint: string | null;
  /** Whether somebody else runs it: what to do about a failure differs then. */
  readonly isRemote: boolean;
  /** What each attempt is held to; null where Aether itself chose the address. */
  readonly outbound: Outbound | null;
  /** As which the client shows itself; PEM. */
  readonly deviceKey: string;
  /** Has the gateway approve that device; false where that cannot be done from here. */
  readonly approve: (requestId: string) => Promise<boolean>;
}

/** Makes clients; the one place that decides which implementation speaks the protocol. */
export abstract class GatewayClients {
  abstract create(address: GatewayAddress, listener: GatewayListener): GatewayClient;
}
