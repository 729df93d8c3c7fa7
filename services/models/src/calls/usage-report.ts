import { z } from 'zod';
import { formatOf, type ApiPath } from '../provider/wire.js';

/** What a provider said so far that a call takes. */
export interface Reported {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** False while only the prompt is counted, as at the start of Anthropic's streams. */
  readonly isFinal: boolean;
}

const count = z.number().int().nonnegative();
const maybe = count.nullish().catch(null);
const cached = z.object({ cached_tokens: maybe }).nullish().catch(null);

const Usage = z.object({
  prompt_tokens: maybe,
  completion_tokens: maybe,
  prompt_tokens_details: cached,
  input_tokens: maybe,
  output_tokens: maybe,
  input_tokens_details: cached,
  cache_creation_input_tokens: maybe,
  cache_read_input_tokens: maybe,
  estimated: z.boolean().nullish().catch(null),
});
const NAME_MAX = 200;
const holder = z.object({
  id: z.string().min(1).max(NAME_MAX).nullish().catch(null),
  usage: Usage.nullish().catch(null),
});
/** At the top, in `response` (OpenAI's responses) or in `message` (the start of Anthropic's streams). */
const Answer = holder.extend({
  type: z.string().nullish().catch(null),
  response: holder.nullish().catch(null),
  message: holder.nullish().catch(null),
});

/** What the provider calls its answer. */
export function nameIn(answer: unknown): string | null {
  const { data } = Answer.safeParse(answer);
  return data?.id ?? data?.response?.id ?? data?.message?.id ?? null;
}

export function readUsage(
  answer: unknown,
  { path, before }: { path: ApiPath; before: Reported | null },
): Reported | null {
  const { data } = Answer.safeParse(answer);
  const usage = data?.usage ?? data?.response?.usage ?? data?.message?.usage;
  if (!data || !usage) return before;
  if (formatOf(path) === 'anthropic') {
    const read = usage.cache_read_input_tokens ?? 0;
    const input =
      typeof usage.input_tokens === 'number'
        ? usage.input_tokens + read + (usage.cache_creation_input_tokens ?? 0)
        : null;
    return {
      inputTokens: input ?? before?.inputTokens ?? 0,
      cachedInputTokens: input === null ? (before?.cachedInputTokens ?? 0) : read,
      outputTokens: usage.output_tokens ?? 0,
      isFinal: data.type !== 'message_start' && usage.estimated !== true,
    };
  }
  const inputTokens = usage.prompt_tokens ?? usage.input_tokens;
  if (typeof inputTokens !== 'number') return before;
  return {
    inputTokens,
    cachedInputTokens:
      usage.prompt_tokens_details?.cached_tokens ?? usage.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? usage.output_tokens ?? 0,
    isFinal: true,
  };
}

const Piece = z.object({
  choices: z
    .array(z.object({ delta: z.unknown(), message: z.unknown() }).partial())
    .nullish()
    .catch(null),
  delta: z.unknown().optional(),
  content: z.unknown().optional(),
  output: z.unknown().optional(),
});

/** Characters of what a model said in one event, or in a whole answer. */
export function outputIn(answer: unknown): number {
  const { data } = Piece.safeParse(answer);
  if (!data) return 0;
  const choices = (data.choices ?? []).map(({ delta, message }) => delta ?? message);
  return textLength([choices, data.delta, data.content, data.output]);
}

/** A picture in text form is long and takes few tokens: about those of so many characters. */
const PICTURE_CHARACTERS = 6_000;
const PICTURE = /^\S{8192}/;

/** Characters of all texts in a value: contents, reasoning and tool arguments alike, but not the names of their kinds. */
export function textLength(value: unknown): number {
  let sum = 0;
  // Not by recursion: an answer may be nested deeper than that goes.
  const left = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part === 'string')
      sum += PICTURE.test(part) ? Math.min(part.length, PICTURE_CHARACTERS) : part.length;
    else if (typeof part === 'object' && part !== null)
      for (const [name, one] of Object.entries(part))
        if (typeof one !== 'number' && name !== 'type') left.push(one);
  }
  return sum;
}
