import type { RequestContract } from '@aether/contracts/contract';
import { commonFailure, type Issue } from '@aether/contracts/failure';
import type { Method } from '@aether/contracts/route';
import { issuesOf } from '@aether/messaging/error-reply';
import type { FastifyRequest } from 'fastify';

/** Deeper than any contract, shallower than what a recursive reader could stumble over. */
const DEPTH_MAX = 32;

type Fields = Readonly<Record<string, unknown>>;

/**
 * One input from path, query (GET and DELETE) or body, checked against the contract. Strict here and only
 * here: a field the contract does not know is refused, since a person mistyped it; between services a newer
 * caller may say more than an older owner reads.
 */
export function readInput(request: FastifyRequest, contract: RequestContract, fromEdge?: Fields): Fields {
  const params = (request.params ?? {}) as Fields;
  const given = givenFields(request);
  const taken = Object.keys(given).filter((field) => Object.hasOwn(params, field));
  if (taken.length) throw invalid(taken.map((path) => ({ path, message: 'is given by the path already' })));
  const input = { ...given, ...params };
  const hidden = fromEdge ? Object.keys(fromEdge).filter((field) => Object.hasOwn(input, field)) : [];
  const parsed = contract.input.safeParse({ ...input, ...fromEdge });
  const unknown = [...hidden, ...(parsed.success ? unknownFields(input, parsed.data) : [])];
  const issues = unknown.map((path) => ({ path, message: 'is not a field of this request' }));
  if (!parsed.success) throw invalid([...issuesOf(parsed.error), ...issues]);
  if (issues.length) throw invalid(issues);
  return parsed.data as Fields;
}

function givenFields(request: FastifyRequest): Fields {
  const method = request.method as Method | 'HEAD';
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') {
    if (isFilled(request.body))
      throw commonFailure('invalid_input', { detail: `${method} takes no body here; use the query.` });
    return request.query as Fields;
  }
  if (Object.keys(request.query as Fields).length)
    throw commonFailure('invalid_input', {
      detail: `${method} takes its input from the body, not from the query.`,
    });
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body))
    throw commonFailure('invalid_input', { detail: 'The body must be a JSON object.' });
  if (isDeeperThan(body, DEPTH_MAX))
    throw commonFailure('invalid_input', { detail: `The body is nested deeper than ${DEPTH_MAX} levels.` });
  return body as Fields;
}

function invalid(issues: readonly Issue[]) {
  return commonFailure('invalid_input', { issues });
}

function isFilled(body: unknown): boolean {
  return body !== null && body !== undefined && !(typeof body === 'object' && Object.keys(body).length === 0);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((entry) => (isContainer(entry) ? Object.values(entry) : []));
  }
  return false;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Paths present in what was given and absent from what the schema kept of it. */
export function unknownFields(given: unknown, kept: unknown, path = ''): string[] {
  if (Array.isArray(given))
    return Array.isArray(kept)
      ? given.flatMap((entry, index) => unknownFields(entry, kept[index], at(path, String(index))))
      : [];
  if (!isFields(given) || !isFields(kept)) return [];
  return Object.entries(given).flatMap(([field, value]) =>
    Object.hasOwn(kept, field) ? unknownFields(value, kept[field], at(path, field)) : [at(path, field)],
  );
}

const at = (path: string, field: string) => (path ? `${path}.${field}` : field);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
