/** A request that the gateway refuses; at the handshake the socket is closed too. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    message: string,
    readonly more: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      /** Close code when it happens at the handshake. Default 1008. */
      readonly closeCode?: number;
      /** Close reason; default the message. */
      readonly closeReason?: string;
    } = {},
  ) {
    super(message);
  }

  /** The `error` of the response frame. */
  shape() {
    const { details, retryable, retryAfterMs } = this.more;
    return {
      code: this.code,
      message: this.message,
      ...(details === undefined ? {} : { details }),
      ...(retryable === undefined ? {} : { retryable }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
}

export function invalidRequest(message: string): Refusal {
  return new Refusal('INVALID_REQUEST', message);
}

/** Every way in which the real gateway has been seen to refuse a connection. */
export const connectRefusals = {
  tokenMismatch: () =>
    new Refusal('INVALID_REQUEST', 'unauthorized: gateway token mismatch (provide gateway auth token)', {
      details: {
        code: 'AUTH_TOKEN_MISMATCH',
        authReason: 'token_mismatch',
        canRetryWithDeviceToken: false,
        recommendedNextStep: 'update_auth_credentials',
      },
    }),
  deviceIdentityRequired: () =>
    new Refusal('NOT_PAIRED', 'device identity required', { details: { code: 'DEVICE_IDENTITY_REQUIRED' } }),
  deviceTokenMismatch: () =>
    new Refusal('INVALID_REQUEST', 'unauthorized: device token mismatch (rotate/reissue device token)', {
      details: { code: 'AUTH_DEVICE_TOKEN_MISMATCH' },
    }),
  deviceAuth: (code: 'SIGNATURE_INVALID' | 'NONCE_MISMATCH' | 'SIGNATURE_EXPIRED' | 'DEVICE_ID_MISMATCH') =>
    new Refusal('INVALID_REQUEST', `device ${code.toLowerCase().replaceAll('_', ' ')}`, {
      details: { code: `DEVICE_AUTH_${code}` },
    }),
  rateLimited: (retryAfterMs = 299_900) =>
    new Refusal('INVALID_REQUEST', 'unauthorized: too many failed authentication attempts (retry later)', {
      details: { code: 'AUTH_RATE_LIMITED', recommendedNextStep: 'wait_then_retry' },
      retryable: true,
      retryAfterMs,
    }),
  protocolMismatch: (range: { minProtocol: number; maxProtocol: number }, expectedProtocol = 4) =>
    new Refusal('INVALID_REQUEST', 'protocol mismatch', {
      details: {
        code: 'PROTOCOL_MISMATCH',
        clientMinProtocol: range.minProtocol,
        clientMaxProtocol: range.maxProtocol,
        expectedProtocol,
        minimumProbeProtocol: expectedProtocol - 1,
      },
      closeCode: 1002,
    }),
  invalidParams: (problems: string) => invalidRequest(`invalid connect params: ${problems}`),
  invalidRole: () => invalidRequest('invalid role'),
  firstNotConnect: () => invalidRequest('invalid handshake: first request must be connect'),
  originNotAllowed: () =>
    new Refusal('INVALID_REQUEST', 'origin not allowed', {
      details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED' },
    }),
  starting: (retryAfterMs = 500) =>
    new Refusal('UNAVAILABLE', 'gateway starting; retry shortly', {
      details: { reason: 'startup-sidecars' },
      retryable: true,
      retryAfterMs,
      closeCode: 1013,
      closeReason: 'gateway starting',
    }),
  pairingRequired: (request: {
    requestId: string;
    reason: 'metadata-upgrade' | 'not-paired' | 'scope-upgrade';
    deviceId: string;
    scopes: readonly string[];
    approvedScopes?: readonly string[];
  }) =>
    new Refusal('NOT_PAIRED', 'pairing required: device is not approved yet', {
      details: {
        code: 'PAIRING_REQUIRED',
        reason: request.reason,
        requestId: request.requestId,
        remediationHint: 'Approve this device from the pending pairing requests.',
        deviceId: request.deviceId,
        requestedRole: 'operator',
        requestedScopes: request.scopes,
        ...(request.approvedScopes ? { approvedScopes: request.approvedScopes } : {}),
      },
      closeReason: `pairing required: device is not approved yet (requestId: ${request.requestId})`,
    }),
};
