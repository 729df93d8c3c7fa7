import { never, slow, soon, type Verdict } from './verdicts.js';

const untrusted = never(
  'certificate_untrusted',
  'Nobody whom this machine knows vouches for the gateway’s certificate.',
  'Give the gateway a certificate of a known authority, or pin this one by its SHA-256 fingerprint.',
);

/** Socket errors and refusals without a detail. */
export const byCode: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: soon(
    'not_listening',
    'Nothing listens at the gateway’s address.',
    'See whether the agent runs; Aether connects again by itself.',
  ),
  ECONNRESET: soon(
    'connection_reset',
    'The gateway, or something before it, cut the connection.',
    'Nothing to do, unless it stays: then see what stands between here and the gateway.',
  ),
  EPROTO: never('tls_missing', 'The address does not speak TLS.', 'Use a ws:// address, or give it TLS.'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
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
  ENOTFOUND: slow('host_unknown', 'The gateway’s host name is not known.', 'Check the name in the address.'),
  ETIMEDOUT: soon('unreachable', 'The gateway’s host does not answer.', 'Check the network and the address.'),
  CHALLENGE_TIMEOUT: soon(
    'no_challenge',
    'The gateway took the connection and then said nothing.',
    'See that it is the address of an OpenClaw gateway; Aether connects again by itself.',
  ),
  TRANSPORT_CONFIGURATION: never(
    'address_insecure',
    'A token is not sent over ws:// to an address outside private networks.',
    'Use a wss:// address.',
  ),
  INVALID_REQUEST: never(
    'handshake_invalid',
    'The gateway does not accept the handshake.',
    'See what it says; OpenClaw 2026.9 accepts it.',
  ),
};

/** Close codes, where nothing else was said. */
export const byCloseCode: Readonly<Record<number, Verdict>> = {
  1000: soon(
    'closed_silently',
    'The gateway closed the connection without a reason, as it does where the handshake takes longer than 15 s.',
    'Nothing to do, unless it stays: then the link, or this machine, is too slow.',
  ),
  1002: never(
    'protocol_error',
    'The gateway found a fault in the protocol.',
    'See the gateway’s log for the fault; OpenClaw 2026.9 finds none.',
  ),
  1005: soon(
    'closed',
    'The gateway closed the connection.',
    'Nothing to do: Aether connects again by itself.',
  ),
  1006: soon(
    'connection_lost',
    'The connection broke without a word: the gateway died or the network failed.',
    'Nothing to do, unless it stays: then see whether the agent runs.',
  ),
  1008: soon('refused', 'The gateway refused the connection.', 'See the agent’s log for why.'),
  1009: soon('frame_too_large', 'A frame was larger than the gateway takes.', 'Send a shorter message.'),
  1012: soon(
    'restarting',
    'The gateway is restarting.',
    'Nothing to do: Aether connects again once it is back.',
  ),
  1013: soon('starting', 'The gateway is still starting.', 'Wait some seconds: Aether asks again by itself.'),
  4000: soon(
    'silent',
    'The gateway sent nothing for too long.',
    'Nothing to do, unless it stays: then the gateway’s machine is too busy.',
  ),
};
