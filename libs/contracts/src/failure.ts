import { commonErrors, type ErrorCodeOf, type ErrorSpec, type RequestContract } from './contract.js';

/** One fault of an input: where (`settings.port`) and what is wrong there. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export interface FailureFields {
  /** What happened in this case, for people; the spec's title where absent. */
  readonly detail?: string;
  /** Replaces the spec's hint where the case knows better. */
  readonly hint?: string;
  readonly issues?: readonly Issue[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** An answer that is an error a contract declares. Everything else that is thrown becomes `internal`. */
export class ContractFailure extends Error {
  override readonly name = 'ContractFailure';
  readonly hint: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterS?: number;

  constructor(
    readonly code: string,
    readonly spec: ErrorSpec,
    fields: FailureFields = {},
  ) {
    super(fields.detail ?? spec.title, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.hint = fields.hint ?? spec.hint;
    this.issues = fields.issues;
    this.retryAfterS = fields.retryAfterS;
  }

  get status(): number {
    return this.spec.status;
  }
}

/** The failure for one of the contract's codes; a code it does not list does not compile. */
export function failure<C extends RequestContract>(
  contract: C,
  code: ErrorCodeOf<C>,
  fields?: FailureFields,
): ContractFailure {
  const spec = contract.errors[code] ?? commonErrors[code as keyof typeof commonErrors];
  return new ContractFailure(code, spec, fields);
}

/** The failure for a code every contract may answer with. */
export function commonFailure(code: keyof typeof commonErrors, fields?: FailureFields): ContractFailure {
  return new ContractFailure(code, commonErrors[code], fields);
}
