import { commonErrors, type ErrorSpec, type ErrorSpecs } from '@aether/contracts/contract';
import type { RouteSpec } from '@aether/contracts/route';
import { routes } from '@aether/contracts/routes';
import { edgeErrors } from '../http/edge-errors.js';

const EVERYWHERE = [
  'invalid_input',
  'rate_limited',
  'internal',
  'unavailable',
  'overloaded',
  'timeout',
] as const;

/** Every code that one route may answer with. */
export function errorsOf(method: string, route: RouteSpec): ErrorSpecs {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const common = [
    ...EVERYWHERE,
    ...(route.access === 'public' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(method === 'POST' ? (['idempotency_conflict'] as const) : []),
    ...(hasBody ? (['payload_too_large'] as const) : []),
  ];
  return {
    ...Object.fromEntries(common.map((code) => [code, commonErrors[code]])),
    ...(hasBody && { unsupported_media_type: edgeErrors.unsupported_media_type }),
    ...route.contract.errors,
  };
}

/** Every code of the API, sorted. */
export function allErrors(): [string, ErrorSpec][] {
  const owned = Object.values<RouteSpec>(routes).flatMap(({ contract }) => Object.entries(contract.errors));
  const all = new Map([...Object.entries<ErrorSpec>({ ...commonErrors, ...edgeErrors }), ...owned]);
  return [...all].sort(([a], [b]) => a.localeCompare(b));
}
