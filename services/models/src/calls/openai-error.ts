/** An error in the words of OpenAI's API, which every client of the endpoint understands. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';

  constructor(
    readonly status: number,
    readonly code: string,
    /** What happened and what to do: clients show nothing but this text. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get body() {
    return { error: { message: this.message, type: typeOf(this.status), param: null, code: this.code } };
  }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

export const invalidRequest = (message: string) => new OpenAiError(400, 'invalid_request', message);

export const invalidKey = () =>
  new OpenAiError(
    401,
    'invalid_api_key',
    'This key is not known or was revoked. Each deployment has a key of its own (avk_...): repair the deployment to give it a new one.',
  );

export const unknownModel = (model: string, known: readonly string[]) =>
  new OpenAiError(
    404,
    'model_not_found',
    `There is no model "${model}" here. Ask for ${known.join(' or ')}, or configure a provider that has it.`,
  );

export const unavailable = (cause: unknown) =>
  new OpenAiError(
    503,
    'unavailable',
    'The key cannot be checked now: the database is away. Try again in a moment.',
    {
      cause,
    },
  );

export const shuttingDown = () =>
  new OpenAiError(503, 'shutting_down', 'Aether is shutting down. Try again in a moment.');
