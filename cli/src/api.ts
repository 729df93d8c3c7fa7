import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@aether/contracts/problem';
import { routes, type Route, type RouteInput, type RouteOutput } from '@aether/contracts/routes';
import { CommandError } from './command-error.js';
import type { Target } from './sign-in.js';

/** Longer than the slowest request a route leads to. */
const ANSWER_WITHIN_MS = 40_000;
/** Waits before the second and later tries; every try carries the same Idempotency-Key. */
const RETRY_DELAYS_MS = [200, 500, 1_000, 2_000, 4_000];
/** A refused connection is told soon: most often nothing runs there. */
const REFUSED_TRIES = 3;
const RETRY_STATUSES = [502, 503, 504];

export interface Answer {
  readonly body: unknown;
  readonly headers: Headers;
}

/** Typed calls of the HTTP API. Safe to repeat, so lost connections and short outages are waited out. */
export class Api {
  /** Without `patient` the first answer counts, for those who ask how things are now. */
  constructor(
    readonly target: Target,
    private readonly options: { readonly patient: boolean } = { patient: true },
  ) {}

  async call<R extends Route>(route: R, input: RouteInput<R>): Promise<RouteOutput<R>> {
    const { body } = await this.send(route, input);
    const parsed = routes[route].contract.output.safeParse(body);
    if (parsed.success) return parsed.data as RouteOutput<R>;
    throw new CommandError({
      code: 'unexpected_answer',
      detail: `${this.target.url} answered ${route} with something this command does not know.`,
      hint: 'Check that the address is an Aether of the same version as this command.',
      cause: parsed.error,
    });
  }

  /** The answer as it came, for routes that set cookies. */
  async send(
    route: Route,
    input: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const request = buildRequest(this.target, route, input);
    const sent = { ...request.init, headers: { ...request.init.headers, ...headers } };
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.attempt(request.url, sent);
      if ('answer' in outcome) return outcome.answer;
      const wait = RETRY_DELAYS_MS[attempt];
      const last = wait === undefined || (outcome.refused && attempt + 1 >= REFUSED_TRIES);
      if (last || !outcome.retry || !this.options.patient) throw outcome.error;
      await delay(wait);
    }
  }

  private async attempt(
    url: string,
    init: RequestInit,
  ): Promise<{ answer: Answer } | { error: CommandError; retry: boolean; refused: boolean }> {
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const text = await response.text();
      const body = parseJson(text);
      if (response.ok) return { answer: { body, headers: response.headers } };
      const retry = RETRY_STATUSES.includes(response.status);
      return { error: problemError(this.target, response.status, body), retry, refused: false };
    } catch (cause) {
      const refused = codeOf(cause) === 'ECONNREFUSED';
      return { error: unreachable(this.target, cause), retry: true, refused };
    }
  }
}

function buildRequest(
  target: Target,
  route: Route,
  input: Readonly<Record<string, unknown>>,
): { url: string; init: RequestInit & { headers: Record<string, string> } } {
  const [method = 'GET', path = '/'] = route.split(' ');
  const rest = { ...input };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = inAddress(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const url = new URL(filled, target.url);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (target.apiKey) headers.authorization = `Bearer ${target.apiKey}`;
  if (method === 'GET' || method === 'DELETE') {
    for (const [name, value] of Object.entries(rest))
      if (value !== undefined) url.searchParams.set(name, inAddress(value));
    return { url: url.href, init: { method, headers } };
  }
  headers['content-type'] = 'application/json';
  headers['idempotency-key'] = randomUUID();
  return { url: url.href, init: { method, headers, body: JSON.stringify(rest) } };
}

const inAddress = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function problemError(target: Target, status: number, body: unknown): CommandError {
  const problem = Problem.safeParse(body);
  if (!problem.success)
    return new CommandError({
      code: 'unexpected_answer',
      detail: `${target.url} answered with status ${status} and no explanation.`,
      hint: 'Check that the address is an Aether.',
    });
  const { code, detail, hint, issues, correlationId } = problem.data;
  const signInAgain = status === 401 && target.apiKey !== null;
  return new CommandError({
    code,
    detail,
    hint: signInAgain ? 'The stored sign-in no longer works. Run `npx aether login`.' : hint,
    issues,
    // Where our side failed, the id leads to the cause; elsewhere it is noise.
    correlationId: status >= 500 ? correlationId : undefined,
  });
}

function unreachable(target: Target, cause: unknown): CommandError {
  return new CommandError({
    code: 'unreachable',
    detail: `Nothing answers at ${target.url} (${codeOf(cause) ?? (cause as Error).message}).`,
    hint: 'Start the local system with `npx aether up --detach`, or name another address by AETHER_URL.',
    cause,
  });
}

function codeOf(error: unknown): string | undefined {
  const { cause } = error as { cause?: { code?: string; errors?: { code?: string }[] } };
  return cause?.code ?? cause?.errors?.[0]?.code;
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}
