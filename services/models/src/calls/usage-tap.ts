import { createParser, type EventSourceParser } from 'eventsource-parser';
import { z } from 'zod';
import type { ChatRequest } from './chat-request.js';

export interface Tokens {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
}

const count = z.number().int().nonnegative();
const Answer = z.object({
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count.catch(0),
      prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  choices: z
    .array(z.object({ delta: z.unknown(), message: z.unknown() }).partial())
    .nullish()
    .catch(null),
});

/** A rule of thumb for English text; good enough where a provider tells nothing. */
const CHARACTERS_PER_TOKEN = 4;
export const estimateTokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);

/** A longer JSON answer, or a longer single event, is not kept for reading: its length is counted. */
const KEPT_MAX = 8 * 1024 * 1024;

/** Reads along with an answer that is passed on, to learn what it took. Never throws, never holds bytes back. */
export class UsageTap {
  private readonly decoder = new TextDecoder();
  private readonly parser: EventSourceParser | null;
  private readonly json: string[] = [];
  private usage: z.infer<typeof Answer>['usage'] = null;
  private outputCharacters = 0;
  private length = 0;
  private tooLong = false;

  constructor(
    private readonly request: ChatRequest,
    contentType: string,
  ) {
    this.parser = contentType.startsWith('text/event-stream')
      ? createParser({
          onEvent: ({ data }) => this.read(data),
          onError: ({ type }) => (this.tooLong ||= type === 'max-buffer-size-exceeded'),
          maxBufferSize: KEPT_MAX,
        })
      : null;
  }

  push(chunk: Uint8Array): void {
    const text = this.decoder.decode(chunk, { stream: true });
    this.length += text.length;
    if (!this.parser) this.tooLong ||= this.length > KEPT_MAX;
    if (this.tooLong) this.outputCharacters += text.length;
    else if (this.parser) this.parser.feed(text);
    else this.json.push(text);
  }

  /** What the call took, once no more comes. */
  tokens(): Tokens {
    if (!this.parser && !this.tooLong) this.read(this.json.join(''));
    if (this.usage)
      return {
        inputTokens: this.usage.prompt_tokens,
        cachedInputTokens: this.usage.prompt_tokens_details?.cached_tokens ?? 0,
        outputTokens: this.usage.completion_tokens,
        estimated: false,
      };
    return { ...estimatedInput(this.request), outputTokens: estimateTokens(this.outputCharacters) };
  }

  private read(data: string): void {
    const answer = parse(data);
    if (!answer) return;
    this.usage = answer.usage ?? this.usage;
    for (const { delta, message } of answer.choices ?? [])
      this.outputCharacters += textLength(delta ?? message);
  }
}

/** Of a call that was answered with nothing: what was sent counts, as providers count it. */
export function estimatedInput({ messages, tools }: ChatRequest): Tokens {
  const inputTokens = estimateTokens(textLength(messages) + textLength(tools));
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, estimated: true };
}

function parse(data: string) {
  try {
    return Answer.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined; // `[DONE]`, or half an event before a break.
  }
}

/** Characters of all texts in a value: contents, reasoning and tool arguments alike. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + textLength(part), 0);
}
