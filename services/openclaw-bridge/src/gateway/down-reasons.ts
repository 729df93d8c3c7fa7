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
const useTrustedProxy =
  'Name the proxy in `gateway.trustedProxies`, so that the gateway sees who connects, or connect without it.';

/** The gateway's own words for refusing a handshake (its `details.code`). */
const byDetail: Readonly<Record<string, Verdict>> = {
  AUTH_TOKEN_MISMATCH: never('token_mismatch', 'The gateway has another token than Aether.', restartAgent),
  AUTH_TOKEN_MISSING: never('token_missing', 'The gateway wants a token and got none.', restartAgent),
  AUTH_TOKEN_NOT_CONFIGURED: never(
    'token_not_configured',
    'The gateway has no token of its own to compare with.',
    'Set `gateway.auth.token` there, or connect with a password.',
  ),
  AUTH_PASSWORD_MISMATCH: never(
    'password_mismatch',
    'The gateway has another password than Aether.',
    'Give the connection the gateway’s present password.',
  ),
  AUTH_PASSWORD_MISSING: never(
    'password_missing',
    'The gateway wants a password and got none.',
    'Give the connection the gateway’s password, in place of a token.',
  ),
  AUTH_PASSWORD_NOT_CONFIGURED: never(
    'password_not_configured',
    'The gateway has no password of its own to compare with.',
    'Set `gateway.auth.password` there, or connect with a token.',
  ),
  AUTH_IDENTITY_HEADER_REQUIRED: never(
    'identity_header_required',
    'The gateway lets in only whom a trusted proxy names, and no proxy named anybody.',
    'Connect through that proxy, or give the gateway a token.',
  ),
  AUTH_UNAUTHORIZED: never(
    'unauthorized',
    'The gateway refuses what it was shown, without saying why.',
    'Compare `gateway.auth` there with the token or password here.',
  ),
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

const untrusted = (cause: string) =>
  never(
    'certificate_untrusted',
    cause,
    'Give the gateway a certificate of a known authority, or pin this one by its SHA-256 fingerprint.',
  );

/** Socket errors and refusals without a detail. */
const byCode: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: soon('not_listening', 'Nothing listens at the gateway’s address.', waits),
  ECONNRESET: soon('connection_reset', 'The gateway cut the connection.', waits),
  EPROTO: never('tls_missing', 'The address does not speak TLS.', 'Use a ws:// address, or give it TLS.'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('The gateway’s certificate is its own and nobody vouches for it.'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted(
    'The gateway’s certificate is of an authority that is not known here.',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted(
    'The gateway’s certificate is of an authority that is not known.',
  ),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(
    'The gateway’s certificate is of an authority not known here.',
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: never(
    'certificate_of_another',
    'The gateway’s certificate is for another host name.',
    'Use the name in the certificate, or pin it by its SHA-256 fingerprint.',
  ),
  CERT_HAS_EXPIRED: slow(
    'certificate_expired',
    'The gateway’s certificate has expired.',
    'Renew the certificate there.',
  ),
  FINGERPRINT_MISMATCH: never(
    'certificate_changed',
    'The gateway shows another certificate than the pinned one.',
    'If the certificate was renewed, pin the new one; else somebody stands in between.',
  ),
  ADDRESS_REFUSED: slow(
    'address_refused',
    'Aether does not connect to this address.',
    'Use a public address, or have its range added to OUTBOUND_ALLOWED_RANGES.',
  ),
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

/** What to do about the failures of a gateway that Aether cannot mend, by reason. */
const elsewhere: Readonly<Record<string, string>> = {
  token_mismatch: 'Give the connection the gateway’s present token.',
  token_missing: 'Give the connection the gateway’s token.',
  connection_lost: 'See whether the gateway runs; Aether connects again by itself.',
  not_listening: 'See whether the gateway runs and listens there; Aether connects again by itself.',
  stopping: 'Start the gateway again where this was not intended; Aether then connects by itself.',
  refused: 'See the gateway’s log.',
  connection_failed: 'See the gateway’s log.',
};

/** The reason, remedy and behaviour for a failure; the most exact knowledge wins. */
export function explainDown(failure: Failure, { isRemote }: { isRemote: boolean }): Verdict {
  const verdict = verdictOn(failure);
  const remedy = isRemote ? (elsewhere[verdict.code] ?? verdict.remedy) : verdict.remedy;
  const { pairingRequestId } = failure;
  if (pairingRequestId === undefined) return { ...verdict, remedy };
  return { ...verdict, remedy: `On the gateway’s machine, run \`${approvalCommand(pairingRequestId)}\`.` };
}

/** What lets a device in, run on the gateway's machine. */
export const approvalCommand = (requestId: string) => `openclaw devices approve ${requestId}`;

function verdictOn(failure: Failure): Verdict {
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
  if (status === 401)
    return never(
      'edge_refused',
      'A proxy in front of the gateway wants somebody to sign in.',
      'Give the connection a Cloudflare Access service token that the proxy takes.',
    );
  if (status === 429) return slow('locked_out', 'The gateway locks this address out.', 'Wait five minutes.');
  if (status === 403)
    return never(
      'proxy_not_trusted',
      'The gateway refuses connections that come through a proxy it does not trust.',
      useTrustedProxy,
    );
  return slow(
    'upgrade_refused',
    `The address answered HTTP ${status} instead of a WebSocket.`,
    'Check the address.',
  );
}
