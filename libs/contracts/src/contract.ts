import type { z } from 'zod';

/** What a caller is told when a contract answers with one of its declared errors. */
export interface ErrorSpec {
  /** HTTP status of the problem response, 400 to 599. */
  readonly status: number;
  /** What happened, in one short sentence. */
  readonly title: string;
  /** What the caller can do about it. */
  readonly hint: string;
}

export type ErrorSpecs = Readonly<Record<string, ErrorSpec>>;

/**
 * Errors any contract may answer with, declared once. Codes are stable: clients match on them.
 * `internal` never carries the cause; that stays in the log under the correlation id.
 */
export const commonErrors = {
  invalid_input: {
    status: 400,
    title: 'The input is not valid.',
    hint: 'Correct the fields listed under `issues` and send the request again.',
  },
  unauthenticated: {
    status: 401,
    title: 'You are not signed in.',
    hint: 'Sign in, or send an API key as `Authorization: Bearer <key>`.',
  },
  forbidden: {
    status: 403,
    title: 'Your role does not allow this.',
    hint: 'Ask an administrator for a role that does.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing at this address.',
    hint: 'See /api/v1/docs for the addresses that exist.',
  },
  idempotency_conflict: {
    status: 409,
    title: 'This idempotency key was used with other input.',
    hint: 'Use a new Idempotency-Key for a new request, or repeat the first request unchanged.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request body is too large.',
    hint: 'Send less in one request; the limit is named in `detail`.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests.',
    hint: 'Wait for the seconds given in Retry-After, then go on more slowly.',
  },
  internal: {
    status: 500,
    title: 'Something failed on our side.',
    hint: 'Try again; if it stays, look for the correlation id in the logs.',
  },
  unavailable: {
    status: 503,
    title: 'A part of Aether that this needs is not running.',
    hint: 'Wait a moment and try again; /health/ready says which part is missing.',
  },
  overloaded: {
    status: 503,
    title: 'This part of Aether has more work than it can take.',
    hint: 'Wait a moment and try again.',
  },
  timeout: {
    status: 504,
    title: 'The answer did not come in time.',
    hint: 'The work may still be done. Read the resource before you send the request again.',
  },
} as const satisfies ErrorSpecs;

type CommonErrorCode = keyof typeof commonErrors;

/** A request one service answers: declared once, used as caller's type, handler's type and validator. */
export interface RequestContract<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  E extends ErrorSpecs = ErrorSpecs,
> {
  readonly plane: 'request';
  /** `req.<owner>.<verb-noun>.v<n>`, a core NATS subject answered by the owner's queue group. */
  readonly subject: string;
  readonly input: I;
  readonly output: O;
  readonly errors: E;
  /** How long the caller waits before `timeout`. */
  readonly timeoutMs: number;
}

/** A fact a service publishes through its outbox, at least once. */
export interface EventContract<D extends z.ZodType = z.ZodType> {
  readonly plane: 'event';
  /** `evt.<owner>.<noun-past>.v<n>`, kept in the owner's stream. */
  readonly subject: string;
  readonly data: D;
}

/** Deltas shown now and never stored; what they tell can always be read again from the owner. */
export interface LiveContract<D extends z.ZodType = z.ZodType> {
  readonly plane: 'live';
  /** `live.<owner>.<what>`; the id of the thing is appended as the last token. */
  readonly subject: string;
  readonly data: D;
}

export type InputOf<C extends RequestContract> = z.output<C['input']>;
/** What a caller may write: fields with defaults are optional here. */
export type CallInputOf<C extends RequestContract> = z.input<C['input']>;
export type OutputOf<C extends RequestContract> = z.output<C['output']>;
export type ErrorCodeOf<C extends RequestContract> = Extract<keyof C['errors'], string> | CommonErrorCode;
export type DataOf<C extends EventContract | LiveContract> = z.output<C['data']>;

const token = '[a-z][a-z0-9-]*';
const subjects = {
  request: new RegExp(`^req\\.${token}\\.${token}\\.v[1-9][0-9]*$`),
  event: new RegExp(`^evt\\.${token}\\.${token}\\.v[1-9][0-9]*$`),
  live: new RegExp(`^live\\.${token}\\.${token}$`),
};

function checkSubject(plane: keyof typeof subjects, subject: string): void {
  if (!subjects[plane].test(subject)) throw new Error(`"${subject}" is not a ${plane} subject`);
}

/**
 * Declares a request. `errors` lists every code the handler may answer with beside the common ones.
 * `timeoutMs` is 5 000 unless the work is known to take longer.
 */
export function defineRequest<
  I extends z.ZodType,
  O extends z.ZodType,
  const E extends ErrorSpecs = Record<never, ErrorSpec>,
>(subject: string, spec: { input: I; output: O; errors?: E; timeoutMs?: number }): RequestContract<I, O, E> {
  checkSubject('request', subject);
  return {
    plane: 'request',
    subject,
    input: spec.input,
    output: spec.output,
    errors: spec.errors ?? ({} as E),
    timeoutMs: spec.timeoutMs ?? 5_000,
  };
}

/** Declares an event. Within one version fields are only added, and only as optional ones. */
export function defineEvent<D extends z.ZodType>(subject: string, data: D): EventContract<D> {
  checkSubject('event', subject);
  return { plane: 'event', subject, data };
}

/** Declares a live subject; publishers and subscribers append one id token. */
export function defineLive<D extends z.ZodType>(subject: string, data: D): LiveContract<D> {
  checkSubject('live', subject);
  return { plane: 'live', subject, data };
}

/** Everything one service owns on the bus. */
export interface Catalog {
  /** The second token of every subject below, also the queue group and part of the stream's name. */
  readonly owner: string;
  readonly requests: Readonly<Record<string, RequestContract>>;
  readonly events: Readonly<Record<string, EventContract>>;
  readonly live: Readonly<Record<string, LiveContract>>;
}

/** Ties a service's contracts together and refuses a subject that belongs to another owner. */
export function defineCatalog<const C extends Catalog>(catalog: C): C {
  for (const plane of ['requests', 'events', 'live'] as const)
    for (const { subject } of Object.values<{ subject: string }>(catalog[plane]))
      if (subject.split('.')[1] !== catalog.owner)
        throw new Error(`"${subject}" is declared in the catalog of "${catalog.owner}"`);
  return catalog;
}

/** Name of the JetStream stream that keeps an owner's events: `EVT_OPENCLAW_BRIDGE` for `openclaw-bridge`. */
export function streamOf(owner: string): string {
  return `EVT_${owner.replaceAll('-', '_').toUpperCase()}`;
}

/** The owner named by a subject of any plane. */
export function ownerOf(contract: { subject: string }): string {
  return contract.subject.split('.')[1] ?? '';
}
