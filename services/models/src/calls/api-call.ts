import { z } from 'zod';
import type { ApiPath } from '../provider/wire.js';
import { invalidRequest } from './api-error.js';

const count = z.number().nullish().catch(null);

/** What is read of a request whatever its format; everything else is the provider's to judge. */
export const ApiRequest = z.looseObject({
  model: z.string().min(1).max(300),
  stream: z.boolean().nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  max_output_tokens: count,
  user: z.string().max(500).nullish().catch(null),
});
export type ApiRequest = z.infer<typeof ApiRequest>;

/** A request as it came and as it is understood. */
export interface ApiCall {
  readonly path: ApiPath;
  readonly request: ApiRequest;
  readonly body: Buffer;
  /** Of the client's headers, those that say how the provider shall read the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function parseCall(
  body: unknown,
  { path, schema = ApiRequest }: { path: ApiPath; schema?: z.ZodType<ApiRequest> },
): ApiCall {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw invalidRequest('The body is empty. Send JSON with `model` and what the model shall answer.');
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidRequest('The body is not JSON.');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { path, request: parsed.data, body };
  const [issue] = parsed.error.issues;
  throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`);
}

/** The call with some fields replaced; the body is the client's own bytes where none needs to be. */
export function withFields(call: ApiCall, fields: Readonly<Record<string, unknown>>): ApiCall {
  if (Object.keys(fields).length === 0) return call;
  const original = JSON.parse(call.body.toString('utf8')) as object;
  const body = Buffer.from(JSON.stringify({ ...original, ...fields }));
  return { ...call, request: { ...call.request, ...fields }, body };
}
