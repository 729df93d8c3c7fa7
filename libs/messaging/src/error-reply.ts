import { commonErrors, type RequestContract } from '@aether/contracts/contract';
import { ContractFailure, commonFailure, type Issue } from '@aether/contracts/failure';
import type { MsgHdrs } from '@nats-io/nats-core';
import type { z } from 'zod';

/** Headers of an error reply (NATS ADR-32): the status, and the stable code in words. */
const STATUS = 'Nats-Service-Error-Code';
const CODE = 'Nats-Service-Error';

interface ErrorBody {
  code: string;
  detail: string;
  hint: string;
  issues?: readonly Issue[];
  retryAfterS?: number;
}

/** Faults found by zod, as `path` and `message`. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

/**
 * The one place where a thrown thing becomes an answer: a failure of the contract stays, anything else is
 * `internal` and tells the caller nothing.
 */
export function toFailure(error: unknown): ContractFailure {
  return error instanceof ContractFailure ? error : commonFailure('internal', { cause: error });
}

/** Header pairs and body of the reply that carries a failure. */
export function encodeFailure(failure: ContractFailure): { pairs: Record<string, string>; body: ErrorBody } {
  return {
    pairs: { [STATUS]: String(failure.status), [CODE]: failure.code },
    body: {
      code: failure.code,
      detail: failure.message,
      hint: failure.hint,
      issues: failure.issues,
      retryAfterS: failure.retryAfterS,
    },
  };
}

/** The failure a reply carries, or undefined where the reply is a good one. */
export function decodeFailure(
  contract: RequestContract,
  headers: MsgHdrs | undefined,
  body: () => unknown,
): ContractFailure | undefined {
  const code = headers?.get(CODE);
  if (!code) return undefined;
  const fields = body() as ErrorBody;
  const known = contract.errors[code] ?? commonErrors[code as keyof typeof commonErrors];
  // A newer owner may answer with a code this caller does not know: its status still holds.
  const status = Number(headers?.get(STATUS));
  const spec = known ?? {
    status: status >= 400 && status <= 599 ? status : 500,
    title: fields.detail,
    hint: fields.hint,
  };
  return new ContractFailure(code, spec, fields);
}
