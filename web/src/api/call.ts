import type { Problem } from '@aether/contracts/problem';
import type { Route, RouteInput, RouteOutput } from '@aether/contracts/routes';

/** An answer that is not a good one: what happened, why, and what can be done about it. */
export class CallError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'CallError';
  }

  get code(): string {
    return this.problem.code;
  }
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The same key for the same effect; each call has its own where absent. */
  readonly idempotencyKey?: string;
}

/** Calls one route of the API, as the route table types it. A session that has expired is renewed once. */
export async function call<R extends Route>(
  route: R,
  input: RouteInput<R>,
  options: CallOptions = {},
): Promise<RouteOutput<R>> {
  const request = requestOf(route, input, options);
  let response = await send(request, options);
  if (response.status === 401 && !route.includes('/session') && (await refreshSession()))
    response = await send(request, options);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new CallError(problemOf(body, response));
  return body as RouteOutput<R>;
}

/** Address of a route, with path parameters filled in and the rest as query. */
export function addressOf(route: Route, input: object): string {
  return requestOf(route, input, {}).url;
}

/** What path parameters and queries are made of. */
type Plain = string | number | boolean | null | undefined;

function requestOf(route: Route, input: object, { idempotencyKey }: CallOptions) {
  const [method = 'GET', path = ''] = route.split(' ');
  const rest = new Map(Object.entries(input as Record<string, Plain | readonly Plain[]>));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  const headers: Record<string, string> = {};
  if (method !== 'GET') headers['Idempotency-Key'] = idempotencyKey ?? newKey();
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams();
    for (const [name, value] of rest)
      for (const each of [value].flat())
        if (each !== undefined && each !== null && each !== '') query.append(name, String(each));
    const text = query.toString();
    return { method, url: text ? `${filled}?${text}` : filled, headers, body: undefined };
  }
  headers['Content-Type'] = 'application/json';
  return { method, url: filled, headers, body: JSON.stringify(Object.fromEntries(rest)) };
}

async function send(
  { url, ...request }: ReturnType<typeof requestOf>,
  { signal }: CallOptions,
): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: signal ?? null, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new CallError(localProblem('offline', url));
  }
}

/** Everything that needs a session waits for it. */
const REFRESH_MAX_MS = 10_000;
let refreshing: Promise<boolean> | undefined;

/** True when there is a session again. However many ask at once, the refresh token is used once. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= fetch('/api/v1/session/refresh', {
    method: 'POST',
    credentials: 'same-origin',
    signal: AbortSignal.timeout(REFRESH_MAX_MS),
  })
    .then(
      ({ ok }) => ok,
      () => false,
    )
    .finally(() => (refreshing = undefined));
  return refreshing;
}

/** Random, also on pages that the browser does not call secure (plain http in a local network). */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function problemOf(body: unknown, response: Response): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body) return body as Problem;
  return { ...localProblem('unreadable', response.url), status: response.status };
}

const local = {
  offline: {
    title: 'Aether cannot be reached.',
    detail: 'The request did not arrive: the network is down, or Aether does not run.',
    hint: 'Check that `aether status` says it runs; this page goes on by itself.',
  },
  unreadable: {
    title: 'The answer cannot be read.',
    detail: 'Something between this page and Aether answered instead of it.',
    hint: 'Reload the page; if it stays, look at the proxy before Aether.',
  },
} as const;

function localProblem(code: keyof typeof local, instance: string): Problem {
  return { type: 'about:blank', status: 0, instance, code, correlationId: '', ...local[code] };
}
