import type { ErrorSpecs } from '@aether/contracts/contract';
import { ContractFailure, type FailureFields } from '@aether/contracts/failure';

/** Errors that only the edge answers with, beside the common ones. */
export const edgeErrors = {
  method_not_allowed: {
    status: 405,
    title: 'This address does not take this method.',
    hint: 'Use one of the methods listed in the Allow header.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time.',
    hint: 'Send it again over a steadier connection.',
  },
  uri_too_long: {
    status: 414,
    title: 'The address is too long.',
    hint: 'Shorten the path and its parameters.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of a kind that is not understood here.',
    hint: 'Send JSON with the header `Content-Type: application/json`.',
  },
  upgrade_required: {
    status: 426,
    title: 'This address speaks WebSocket.',
    hint: 'Open it with a WebSocket client; /api/v1/asyncapi.json describes the frames.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers of the request are too large.',
    hint: 'Send fewer or shorter headers and cookies.',
  },
  too_many_sockets: {
    status: 429,
    title: 'Too many live connections are open for this account.',
    hint: 'Close some of them, then connect again.',
  },
  too_many_subscriptions: {
    status: 429,
    title: 'This connection follows too many topics.',
    hint: 'Unsubscribe from some, or open another connection.',
  },
} as const satisfies ErrorSpecs;

export function edgeFailure(code: keyof typeof edgeErrors, fields?: FailureFields): ContractFailure {
  return new ContractFailure(code, edgeErrors[code], fields);
}
