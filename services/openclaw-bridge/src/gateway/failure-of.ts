import { isNativeError } from 'node:util/types';
import { OutboundRefused } from '@aether/runtime/outbound';
import { z } from 'zod';
import type { Failure } from './down-reasons.js';

export const TRANSPORT_CONFIGURATION = 'TRANSPORT_CONFIGURATION';
const ADDRESS_REFUSED = 'ADDRESS_REFUSED';
const FINGERPRINT_MISMATCH = 'FINGERPRINT_MISMATCH';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

/** What errors of the package and of sockets carry beside their message. */
const Told = z.object({
  code: text,
  gatewayCode: text,
  retryAfterMs: number,
  details: z
    .object({
      code: text,
      authReason: text,
      reason: text,
      expectedProtocol: number,
      httpStatus: number,
      gatewayErrorType: text,
      /** Of the pairing that the gateway wants. */
      requestId: text,
    })
    .optional()
    .catch(undefined),
});

/** What an error of a handshake tells. */
export function failureOf(error: unknown): Failure {
  if (error instanceof OutboundRefused)
    return { message: `${error.message} ${error.remedy}`, code: ADDRESS_REFUSED };
  if (!isNativeError(error)) return { message: String(error) };
  const { name, message } = error;
  if (name === 'GatewayWebSocketTransportConfigurationError')
    return { message, code: TRANSPORT_CONFIGURATION };
  if (message.includes('gateway tls fingerprint')) return { message, code: FINGERPRINT_MISMATCH };
  if (message.includes('connect challenge timeout')) return { message, code: 'CHALLENGE_TIMEOUT' };
  const { code, gatewayCode, retryAfterMs, details = {} } = Told.parse(error);
  return withoutUndefined({
    message,
    code: gatewayCode ?? code ?? codeIn(message),
    detail: details.code,
    authReason: details.authReason,
    reason: details.reason,
    expectedProtocol: details.expectedProtocol,
    httpStatus: details.httpStatus,
    httpErrorType: details.gatewayErrorType,
    pairingRequestId: details.requestId,
    retryAfterMs,
  });
}

/** The package may wrap a socket's error, and then only the message still tells its code. */
function codeIn(message: string): string | undefined {
  if (message.includes('self-signed certificate')) return 'DEPTH_ZERO_SELF_SIGNED_CERT';
  if (message.includes("does not match certificate's altnames")) return 'ERR_TLS_CERT_ALTNAME_INVALID';
  if (message.includes('certificate has expired')) return 'CERT_HAS_EXPIRED';
  return /\b(ECONN\w+|ENOTFOUND|ETIMEDOUT|EPROTO)\b/.exec(message)?.[1];
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
