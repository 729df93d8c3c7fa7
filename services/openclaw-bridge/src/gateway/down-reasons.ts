import type { GatewayAddress } from './gateway-client.js';
import { byCloseCode, byCode } from './socket-verdicts.js';
import {
  byAuthReason,
  byDetail,
  byMessage,
  byPairingReason,
  elsewhere,
  never,
  slow,
  soon,
  type Verdict,
} from './verdicts.js';

/** What is known of a failure: what the gateway answered, how the socket closed, or the socket's own error. */
export interface Failure {
  /** `error.code` of a refused handshake, or the code of a socket error such as ECONNREFUSED. */
  readonly code?: string;
  /** `error.details.code`, the exact reason where the gateway gives one. */
  readonly detail?: string;
  /** `error.details.authReason`: more exact still, of a gateway that trusts a proxy. */
  readonly authReason?: string;
  /** `error.details.reason`: of a pairing, what has changed since the last approval. */
  readonly reason?: string;
  /** The protocol that the gateway speaks, where it refuses ours. */
  readonly expectedProtocol?: number;
  readonly message?: string;
  readonly httpStatus?: number;
  /** What the gateway itself, rather than something in front of it, calls its refusal of the upgrade. */
  readonly httpErrorType?: string;
  /** Of the pairing that the gateway wants before it lets this device in. */
  readonly pairingRequestId?: string;
  readonly closeCode?: number;
  /** When the gateway said that trying again makes sense, in milliseconds from then. */
  readonly retryAfterMs?: number;
  /** What the gateway said of its end before it closed: only a restart comes back by itself. */
  readonly goodbye?: 'restart' | 'stop';
}

/** The protocol that Aether speaks. */
export const PROTOCOL = 4;

const stopping = soon(
  'stopping',
  'The gateway was stopped.',
  'Start the agent again where this was not intended; Aether then connects by itself.',
);

/** The reason, remedy and behaviour for a failure; the most exact knowledge wins. */
export function explainDown(
  failure: Failure,
  { isRemote, auth }: Pick<GatewayAddress, 'auth' | 'isRemote'>,
): Verdict {
  const verdict = verdictOn(failure);
  const remedy = isRemote ? (elsewhere[verdict.code] ?? verdict.remedy) : verdict.remedy;
  const { pairingRequestId } = failure;
  if (pairingRequestId === undefined) return { ...verdict, remedy };
  const again = byPairingReason[failure.reason ?? ''];
  const run = `run \`${approvalCommand(pairingRequestId)}\` on the gateway’s machine.`;
  const approval = again ? `${again.remedy} ${run}` : `R${run.slice(1)}`;
  return {
    ...verdict,
    ...again,
    remedy: auth === 'device' ? `${approval} ${PASSWORD_OF_COMMANDS}` : approval,
  };
}

/** Nothing else lets the gateway's own command past the proxy. */
const PASSWORD_OF_COMMANDS =
  'Where a proxy signs people in, that command works once `gateway.auth.password` is set there.';

/** What lets a device in, run on the gateway's machine. */
export const approvalCommand = (requestId: string) => `openclaw devices approve ${requestId}`;

function verdictOn(failure: Failure): Verdict {
  const { code, detail, authReason, message = '', httpStatus, closeCode, goodbye } = failure;
  const verdict =
    (goodbye === 'stop' && stopping) ||
    (authReason && byAuthReason[authReason]) ||
    (detail === 'PROTOCOL_MISMATCH' && onProtocol(failure)) ||
    (detail && byDetail[detail]) ||
    (httpStatus !== undefined && byHttpStatus(httpStatus, failure.httpErrorType)) ||
    (code === 'UNAVAILABLE' && byCloseCode[1013]) ||
    (code === 'INVALID_REQUEST' && byMessage.find(([pattern]) => pattern.test(message))?.[1]) ||
    (code && byCode[code]) ||
    (closeCode !== undefined && byCloseCode[closeCode]) ||
    soon(
      'connection_failed',
      'The connection failed.',
      'See the agent’s log; if it says nothing of Aether, restart the agent.',
    );
  return SAYS_MORE.has(verdict.code) && message
    ? { ...verdict, cause: `The gateway does not accept the handshake: ${message}` }
    : verdict;
}

/** Reasons whose cause the gateway puts in better words. */
const SAYS_MORE: ReadonlySet<string> = new Set(['handshake_invalid', 'params_invalid']);

/** Too old and too new are mended at different ends. */
function onProtocol({ expectedProtocol: theirs }: Failure): Verdict | undefined {
  if (theirs === undefined || theirs === PROTOCOL) return undefined;
  const cause = `The gateway speaks protocol ${theirs}, and Aether ${PROTOCOL}: nothing works between them.`;
  return theirs < PROTOCOL
    ? never('gateway_too_old', cause, 'Update OpenClaw there to 2026.9 or later.')
    : never('gateway_too_new', cause, 'Update Aether, or run OpenClaw 2026.9 there.');
}

/** What refuses the upgrade is the gateway, or something in front of it. */
function byHttpStatus(status: number, errorType: string | undefined): Verdict {
  if (status === 503)
    return soon(
      'draining',
      'The gateway takes no new connection while it stops.',
      'Wait until it is back: Aether connects again by itself.',
    );
  if (status === 401)
    return never(
      'edge_refused',
      'A proxy in front of the gateway wants somebody to sign in.',
      'Give the connection a Cloudflare Access service token that the proxy takes.',
    );
  if (status === 429)
    return slow(
      'edge_locked_out',
      'The address takes no more attempts for now (HTTP 429).',
      'Wait five minutes; correct the token first.',
    );
  if (status === 403 && errorType === 'proxy_attribution_required')
    return never(
      'proxy_not_trusted',
      'The gateway cannot tell who connects: a proxy in between is not trusted, or does not say whose connection it passes on.',
      'Name the proxy in `gateway.trustedProxies`, and have it send `X-Forwarded-For` with the client’s own address, without `Forwarded`.',
    );
  if (status === 403)
    return never(
      'edge_forbidden',
      'A proxy in front of the gateway refuses the connection (HTTP 403).',
      'Check the service token, and the rules of that proxy.',
    );
  if (status >= 300 && status < 400)
    return slow(
      'redirected',
      `The address leads elsewhere (HTTP ${status}), as a proxy does that wants somebody to sign in.`,
      'Give the connection a Cloudflare Access service token, or the address it leads to.',
    );
  if (status > 500)
    return soon(
      'edge_without_gateway',
      `A proxy answers, and the gateway behind it does not (HTTP ${status}).`,
      'See whether the gateway runs, and whether the proxy knows its address.',
    );
  return slow(
    'upgrade_refused',
    `The address answered HTTP ${status} instead of a WebSocket.`,
    'See that the address is that of the gateway, and that a proxy before it passes WebSockets on.',
  );
}
