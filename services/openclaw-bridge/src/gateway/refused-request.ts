import type { Reason } from '@aether/contracts/openclaw';
import type { GatewayRequestError } from './gateway-client.js';
import { scopeMissing } from './offers.js';

/** The ways in which a gateway refuses a request over a connection that stands; it puts them in words only. */
const refusals: readonly (readonly [RegExp, (...found: string[]) => Reason])[] = [
  [/^missing scope: (\S+)/, scopeMissing],
  [
    /^Agent "(.+)" no longer exists in configuration/,
    (agent) => ({
      code: 'agent_gone',
      cause: `The gateway has no agent “${agent}” any more.`,
      remedy: 'Add the agent there again, or begin a chat with another one.',
    }),
  ],
  [
    /^unknown method: (\S+)/,
    (method) => ({
      code: 'method_missing',
      cause: `This gateway does not know ${method}.`,
      remedy: 'Update OpenClaw there: 2026.9 knows it.',
    }),
  ],
  [
    /^invalid (\S+) params: (.+)/,
    (method, fault) => ({
      code: 'request_invalid',
      cause: `This gateway takes ${method} otherwise: ${fault}.`,
      remedy: 'Run OpenClaw 2026.9 there, or update Aether.',
    }),
  ],
  [
    /^The server is busy/,
    () => ({
      code: 'gateway_busy',
      cause: 'The gateway has more requests at once than it takes.',
      remedy: 'Messages are sent again by themselves; try anything else again in a moment.',
    }),
  ],
  [
    /^rate limit exceeded for ([^;\s]+)(?:; retry after (\d+)s)?/,
    (method, seconds = '60') => ({
      code: 'gateway_rate_limited',
      cause: `The gateway takes ${method} only so often.`,
      remedy: `Try again in ${seconds} seconds.`,
    }),
  ],
];

/** Why a gateway refused a request, and what to do; null where only its own words tell. */
export function explainRefusal({ message }: Pick<GatewayRequestError, 'message'>): Reason | null {
  for (const [pattern, reason] of refusals) {
    const found = pattern.exec(message);
    if (found) return reason(...found.slice(1));
  }
  return null;
}
