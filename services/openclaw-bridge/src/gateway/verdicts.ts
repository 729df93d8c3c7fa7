import type { Down } from './gateway-client.js';

/** A reason, its remedy, and whether trying again makes sense. */
export type Verdict = Omit<Down, 'nextAttemptAt'>;

const verdict =
  (retry: Verdict['retry']) =>
  (code: string, cause: string, remedy: string): Verdict => ({ code, cause, remedy, retry });
export const never = verdict('never');
export const slow = verdict('slow');
export const soon = verdict('soon');

/** The gateway's own words for refusing a handshake (its `details.code`). */
export const byDetail: Readonly<Record<string, Verdict>> = {
  AUTH_TOKEN_MISMATCH: never(
    'token_mismatch',
    'The gateway has another token than Aether.',
    'Restart the agent, so that its configuration is written anew.',
  ),
  AUTH_TOKEN_MISSING: never(
    'token_missing',
    'The gateway wants a token and got none.',
    'Repair the deployment, which gives the gateway and Aether one token.',
  ),
  AUTH_TOKEN_NOT_CONFIGURED: never(
    'token_not_configured',
    'The gateway has no token of its own to compare with.',
    'Set `gateway.auth.token` there, or connect with a password.',
  ),
  AUTH_PASSWORD_MISMATCH: never(
    'password_mismatch',
    'The gateway has another password than Aether.',
    'Give the connection the gateway’s present password; where the gateway asks for one, a token does not do.',
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
    'The gateway lets in only whom a trusted proxy names, and a header of that proxy is missing.',
    'Connect through that proxy; it has to send every header of `gateway.auth.trustedProxy` (`userHeader`, `requiredHeaders`).',
  ),
  AUTH_UNAUTHORIZED: never(
    'unauthorized',
    'The gateway refuses what it was shown, without saying why.',
    'Compare `gateway.auth` there with the token or password here.',
  ),
  AUTH_DEVICE_TOKEN_MISMATCH: never(
    'device_token_mismatch',
    'The gateway does not know the device token.',
    'Rotate the device key here, and approve the new device there.',
  ),
  AUTH_RATE_LIMITED: slow(
    'locked_out',
    'The gateway locks this address out after too many wrong tokens.',
    'Correct the token, then wait: the gateway also refuses the right one for five minutes.',
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
  CONTROL_UI_DEVICE_IDENTITY_REQUIRED: never(
    'ui_device_identity_required',
    'The gateway takes this connection for its own interface and wants a device identity.',
    'Connect without the proxy that changes what Aether sends.',
  ),
  DEVICE_AUTH_SIGNATURE_INVALID: never(
    'device_signature_invalid',
    'The gateway refused the device signature.',
    'Connect without a proxy that changes what Aether sends; else rotate the device key.',
  ),
  DEVICE_AUTH_NONCE_MISMATCH: soon(
    'device_nonce_mismatch',
    'The handshake was answered out of turn.',
    'Nothing to do, unless it stays: then something in between mixes connections up.',
  ),
  DEVICE_AUTH_SIGNATURE_EXPIRED: slow(
    'device_signature_expired',
    'The clocks of the gateway and of this machine differ.',
    'Set both clocks.',
  ),
  DEVICE_AUTH_DEVICE_ID_MISMATCH: never(
    'device_id_mismatch',
    'The device id does not fit its key.',
    'Rotate the device key, and approve the new device there.',
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
    'Update Aether, whose version the gateway no longer takes.',
  ),
};

/** What was wrong with what a proxy said, where the gateway trusts one (its `details.authReason`). */
export const byAuthReason: Readonly<Record<string, Verdict>> = {
  trusted_proxy_user_missing: never(
    'proxy_user_missing',
    'The gateway lets in only whom a trusted proxy names, and the proxy named nobody.',
    'Have the proxy send `gateway.auth.trustedProxy.userHeader` for Aether too; a service token alone names nobody.',
  ),
  trusted_proxy_user_not_allowed: never(
    'proxy_user_not_allowed',
    'The proxy names somebody whom the gateway does not let in.',
    'Add that name to `gateway.auth.trustedProxy.allowUsers` there.',
  ),
  trusted_proxy_untrusted_source: never(
    'proxy_bypassed',
    'The gateway lets in only who comes through its proxy, and this connection does not.',
    'Use the address of the proxy, or name the one in between in `gateway.trustedProxies`.',
  ),
  trusted_proxy_loopback_source: never(
    'proxy_on_loopback',
    'The proxy is on the gateway’s own machine, and the gateway does not trust one there.',
    'Set `gateway.auth.trustedProxy.allowLoopback` there.',
  ),
};

/** Why a device that was approved before has to be approved again (`details.reason` of a wanted pairing). */
export const byPairingReason: Readonly<Record<string, Pick<Verdict, 'code' | 'cause' | 'remedy'>>> = {
  'scope-upgrade': {
    code: 'pairing_scope_upgrade',
    cause: 'The gateway approved this device for fewer scopes than Aether needs.',
    remedy: 'To grant them,',
  },
  'role-upgrade': {
    code: 'pairing_role_upgrade',
    cause: 'The gateway approved this device for another role.',
    remedy: 'To let it operate the gateway,',
  },
  'metadata-upgrade': {
    code: 'pairing_metadata_upgrade',
    cause: 'The gateway approved this device on another platform.',
    remedy: 'If Aether has moved to another machine,',
  },
};

/** Refusals of the handshake that the gateway puts in words only. */
export const byMessage: readonly (readonly [RegExp, Verdict])[] = [
  [
    /^invalid connect params/,
    never(
      'params_invalid',
      'The gateway does not accept what Aether says of itself.',
      'Connect without a proxy that changes what Aether sends; else run OpenClaw 2026.9 there.',
    ),
  ],
  [
    /^invalid role/,
    never(
      'role_invalid',
      'The gateway does not know the role of an operator.',
      'See that the address is that of an OpenClaw gateway of 2026.9.',
    ),
  ],
  [
    /^invalid handshake: first request/,
    never(
      'handshake_out_of_order',
      'The gateway got another request before the handshake.',
      'Connect without a proxy that keeps connections and uses them again.',
    ),
  ],
];

/** What to do about the failures of a gateway that Aether cannot mend, by reason. */
export const elsewhere: Readonly<Record<string, string>> = {
  token_mismatch: 'Give the connection the gateway’s present token.',
  token_missing: 'Give the connection the gateway’s token.',
  connection_lost: 'See whether the gateway runs; Aether connects again by itself.',
  not_listening: 'See whether the gateway runs and listens there; Aether connects again by itself.',
  stopping: 'Start the gateway again where this was not intended; Aether then connects by itself.',
  refused: 'See the gateway’s log for why.',
  connection_failed: 'See the gateway’s log; if it says nothing of Aether, check the address.',
};
