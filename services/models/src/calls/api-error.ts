import type { ApiFormat } from '../provider/wire.js';

/** An error in the words of the API that the caller speaks, which every client of it understands. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    /** What happened and what to do: clients show nothing but this text. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  bodyFor(format: ApiFormat) {
    const { message, code } = this;
    if (format === 'anthropic') return { type: 'error', error: { type: anthropicType(this), message } };
    return { error: { message, type: openAiType(this), param: null, code } };
  }
}

function openAiType({ status, code }: ApiError): string {
  if (code === 'insufficient_quota') return code;
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

function anthropicType({ status, code }: ApiError): string {
  if (code === 'insufficient_quota') return 'billing_error';
  if (status === 401) return 'authentication_error';
  if (status === 404) return 'not_found_error';
  if (status === 413) return 'request_too_large';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'api_error';
}

export const invalidRequest = (message: string) => new ApiError(400, 'invalid_request', message);

export const tooLarge = (bytesMax: number) =>
  new ApiError(
    413,
    'request_too_large',
    `The body is larger than ${bytesMax / 1024 ** 2} MiB. Send less of the conversation, or smaller pictures.`,
  );

export const invalidKey = () =>
  new ApiError(
    401,
    'invalid_api_key',
    'This key is not known or was revoked. Each deployment has a key of its own (avk_...): restart the deployment to give it a new one.',
  );

/** More names than these would hide the sentence. */
const NAMED_MAX = 8;

export const unknownModel = (model: string, known: readonly string[]) =>
  new ApiError(
    404,
    'model_not_found',
    `There is no model "${model}" here. Ask for ${known.slice(0, NAMED_MAX).join(' or ')}, or configure a provider that has it.`,
  );

/** As OpenAI answers an account that is used up, which clients do not try again. */
export const overBudget = (message: string) => new ApiError(429, 'insufficient_quota', message);

export const unavailable = (cause: unknown) =>
  new ApiError(
    503,
    'unavailable',
    'The call cannot be checked now: the database is away. Try again in a moment.',
    { cause },
  );

export const shuttingDown = () =>
  new ApiError(503, 'shutting_down', 'Aether is shutting down. Try again in a moment.');
