import type { Down } from './gateway-client.js';

/** What is known of a failure: what the gateway answered, how the socket closed, or the socket's own error. */
export interface Failure {
  /** `error.code` of a refused handshake, or the code of a socket error such as ECONNREFUSED. */
  readonly code?: string;
  /** `error.details.code`, the exact reason where the gateway gives one. */
  readonly detail?: string;
  readonly message?: string;
  readonly httpStatus?: number;
  /** Of the pairing that the gateway wants before it lets this device in. */
  readonly pairingRequestId?: string;
  readonly closeCode?: number;
  /** When the gateway said that trying again makes sense, in milliseconds from then. */
  readonly retryAfterMs?: number;
  /** What the gateway said of its end before it closed: only a restart comes back by itself. */
  readonly goodbye?: 'restart' | 'stop';
}

type Verdict = Omit<Down, 'nextAttemptAt'>;

const never = (code: string, cause: string, remedy: string): Verdict => ({
  code,
  cause,
  remedy,
  retry: 'never',
});
const slow = (code: string, cause: string, remedy: string): Verdict => ({
  code,
  cause,
  remedy,
  retry: 'slow',
});
const soon = (code: string, cause: string, remedy: string): Verdict => ({
  code,
  cause,
  remedy,
  retry: 'soon',
});

const waits = 'Nothing to do: Aether connects again by itself.';
const restartAgent = 'Restart the agent, so that its configuration is written anew.';

/** The gateway's own words for refusing a handshake (its `details.code`). */
const byDetail: Readonly<Record<string, Verdict>> = {
  AUTH_TOKEN_MISMATCH: never('token_mismatch', 'The gateway has another token than Aether.', restartAgent),
  AUTH_TOKEN_MISSING: never('token_missing', 'The gateway wants a token and got none.', restartAgent),
  AUTH_DEVICE_TOKEN_MISMATCH: never(
    'device_token_mismatch',
    'The gateway does not know the device token.',
    'Pair the device again.',
  ),
  AUTH_RATE_LIMITED: slow(
    'locked_out',
    'The gateway locks this address out after too many wrong tokens.',
    'Wait five minutes; correct the token first.',
  ),
  PAIRING_REQUIRED: slow(
    'pairing_required',
    'The gateway wants this device to be approved.',
    'On the gateway, run `openclaw devices list` and `openclaw devices approve <id>`.',
  ),
  DEVICE_IDENTITY_REQUIRED: never(
    'device_identity_required',
    'The gateway sees this connection as remote and wants a device identity.',
    'Let the gateway listen on loopback, or pair a device.',
  ),
  DEVICE_AUTH_SIGNATURE_INVALID: never(
    'device_signature_invalid',
    'The gateway refused the device signature.',
    'Pair the device again.',
  ),
  DEVICE_AUTH_NONCE_MISMATCH: soon('device_nonce_mismatch', 'The handshake was answered out of turn.', waits),
  DEVICE_AUTH_SIGNATURE_EXPIRED: slow(
    'device_signature_expired',
    'The clocks of the gateway and of this machine differ.',
    'Set both clocks.',
  ),
  DEVICE_AUTH_DEVICE_ID_MISMATCH: never(
    'device_id_mismatch',
    'The device id does not fit its key.',
    'Pair the device again.',
  ),
  CONTROL_UI_ORIGIN_NOT_ALLOWED: never(
    'origin_not_allowed',
    'The gateway takes this connection for a browser of a foreign origin.',
    'Remove the Origin header that a proxy adds.',
  ),
  PROTOCOL_MISMATCH: never(
    'protocol_mismatch',
    'The gateway speaks another version of the protocol.',
    'Use a gateway of protocol 4 (OpenClaw 2026.9), or a newer Aether.',
  ),
  CLIENT_VERSION_MISMATCH: never(
    'client_version_mismatch',
    'The gateway refuses this version of the client.',
    'Use a gateway of protocol 4 (OpenClaw 2026.9), or a newer Aether.',
  ),
  MISSING_SCOPE: never('scope_missing', 'The gateway withholds a scope.', restartAgent),
};

/** Socket errors and refusals without a detail. */
const byCode: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: soon('not_listening', 'Nothing listens at the gateway’s address.', waits),
  ECONNRESET: soon('connection_reset', 'The gateway cut the connection.', waits),
  ENOTFOUND: slow('host_unknown', 'The gateway’s host name is not known.', 'Check the address.'),
  ETIMEDOUT: soon('unreachable', 'The gateway’s host does not answer.', 'Check the network and the address.'),
  CHALLENGE_TIMEOUT: soon('no_challenge', 'The gateway took the connection and then said nothing.', waits),
  TRANSPORT_CONFIGURATION: never(
    'address_insecure',
    'A token is not sent over ws:// to an address outside private networks.',
    'Use a wss:// address.',
  ),
  INVALID_REQUEST: never(
    'handshake_invalid',
    'The gateway does not accept the handshake.',
    'Use OpenClaw 2026.9.',
  ),
};

/** Close codes after a working connection, where nothing else was said. */
const byCloseCode: Readonly<Record<number, Verdict>> = {
  1000: soon('closed_idle', 'The gateway closed the connection.', waits),
  1002: never('protocol_error', 'The gateway found a fault in the protocol.', 'Use OpenClaw 2026.9.'),
  1005: soon('closed', 'The gateway closed the connection.', waits),
  1006: soon(
    'connection_lost',
    'The connection broke without a word: the gateway died or the network failed.',
    waits,
  ),
  1008: soon('refused', 'The gateway refused the connection.', 'See the agent’s log.'),
  1009: soon('frame_too_large', 'A frame was larger than the gateway takes.', 'Send a shorter message.'),
  1012: soon('restarting', 'The gateway is restarting.', waits),
  1013: soon('starting', 'The gateway is still starting.', waits),
  4000: soon('silent', 'The gateway sent nothing for too long.', waits),
};

const stopping = soon(
  'stopping',
  'The gateway was stopped.',
  'Start the agent again where this was not intended; Aether then connects by itself.',
);

/** The reason, remedy and behaviour for a failure; the most exact knowledge wins. */
export function explainDown(failure: Failure): Verdict {
  const { code, detail, message, httpStatus, closeCode, goodbye } = failure;
  const verdict =
    (goodbye === 'stop' && stopping) ||
    (detail && byDetail[detail]) ||
    (httpStatus !== undefined && byHttpStatus(httpStatus)) ||
    (code === 'UNAVAILABLE' && byCloseCode[1013]) ||
    (code && byCode[code]) ||
    (closeCode !== undefined && byCloseCode[closeCode]) ||
    soon('connection_failed', 'The connection failed.', 'See the agent’s log.');
  return message && verdict.code === 'handshake_invalid' ? { ...verdict, cause: sentence(message) } : verdict;
}

function sentence(message: string): string {
  return `The gateway does not accept the handshake: ${message}`;
}

function byHttpStatus(status: number): Verdict {
  if (status === 503) return soon('draining', 'The gateway takes no new connection while it stops.', waits);
  if (status === 403)
    return never(
      'proxy_not_trusted',
      'The gateway refuses connections that come through a proxy it does not trust.',
      'Name the proxy in `gateway.trustedProxies`, or connect directly.',
    );
  return slow(
    'upgrade_refused',
    `The address answered HTTP ${status} instead of a WebSocket.`,
    'Check the address.',
  );
}

/** Scopes that chats and sessions need. Without them a connection works for health alone. */
export const NEEDED_SCOPES = [
  'operator.read',
  'operator.write',
  'operator.admin',
  'operator.approvals',
] as const;

/** What is wrong with the scopes that were granted, or null. */
export function explainScopes(granted: readonly string[]): Verdict | null {
  const missing = NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return null;
  return never(
    'scope_missing',
    `The gateway withholds ${missing.join(', ')}.`,
    'Let the gateway listen on loopback and connect without a proxy, or pair a device with these scopes.',
  );
}
