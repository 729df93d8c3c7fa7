import { z } from 'zod';
import type { ApiPath } from '../provider/wire.js';
import { invalidRequest } from './api-error.js';
import { DEPTH_MAX, outlineOf, type Member } from './json-outline.js';

const count = z.number().nullish().catch(null);

/** What is read of a request whatever its format; everything else is the provider's to judge. */
export const ApiRequest = z.looseObject({
  model: z.string().min(1).max(300),
  stream: z.boolean().nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  max_output_tokens: count,
  n: count,
  best_of: count,
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
  // Before it is parsed, which takes long and much memory for brackets alone.
  const members = outlineOf(body);
  if (!members)
    throw invalidRequest(
      `The body is nested deeper than ${DEPTH_MAX} levels. Send it flatter, or put what is deep into a text.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidRequest('The body is not JSON.');
  }
  const unclear = ambiguousName(members);
  if (unclear !== undefined)
    throw invalidRequest(`${unclear}: is given twice, or in capitals. Give it once, in small letters.`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { path, request: parsed.data, body };
  const [issue] = parsed.error.issues;
  throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`);
}

const nameOf = ({ key }: Member) => JSON.parse(key) as string;

/**
 * What is checked and booked here must be what the provider reads: of two values it may take the other one, and some take
 * a name in capitals for the same.
 */
function ambiguousName(members: readonly Member[]): string | undefined {
  const seen = new Set<string>();
  return members.map(nameOf).find((name) => {
    const plain = name.toLowerCase();
    const isMisspelt = plain !== name && plain in ApiRequest.shape;
    return isMisspelt || seen.size === seen.add(plain).size;
  });
}

/** The call with some fields replaced or added. All else in the body stays the client's own bytes. */
export function withFields(call: ApiCall, fields: Readonly<Record<string, unknown>>): ApiCall {
  const members = Object.keys(fields).length === 0 ? null : outlineOf(call.body);
  if (!members) return call;
  const behindLast = members.at(-1)?.end ?? 0;
  const edits = Object.entries(fields).map(([name, value]) => {
    const text = JSON.stringify(value);
    const member = members.find((one) => nameOf(one) === name);
    return member ? { ...member, text } : { start: behindLast, end: behindLast, text: `,"${name}":${text}` };
  });
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits.sort((one, other) => one.start - other.start)) {
    parts.push(call.body.subarray(at, start), Buffer.from(text));
    at = end;
  }
  const body = Buffer.concat([...parts, call.body.subarray(at)]);
  return { ...call, request: { ...call.request, ...fields }, body };
}
