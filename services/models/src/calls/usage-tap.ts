import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { ApiCall, ApiRequest } from './api-call.js';
import { nameIn, outputIn, readUsage, textLength, type Reported } from './usage-report.js';

export interface Tokens {
  /** All of the prompt, what the provider had cached included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
}

export const NOTHING: Tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, estimated: true };

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
  private reported: Reported | null = null;
  private name: string | null = null;
  private outputCharacters = 0;
  private length = 0;
  private tooLong = false;

  constructor(
    private readonly call: Pick<ApiCall, 'path' | 'request'>,
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

  /** The provider's name for this answer, as far as it was told. */
  get responseId(): string | null {
    return this.name;
  }

  /** What the call took, once no more comes. */
  tokens(): Tokens {
    if (!this.parser && !this.tooLong) this.read(this.json.join(''));
    // Counting tokens is free, and answers with a count that is nobody's usage.
    if (this.call.path === '/messages/count_tokens') return NOTHING;
    const { reported } = this;
    if (reported?.isFinal)
      return {
        inputTokens: reported.inputTokens,
        cachedInputTokens: reported.cachedInputTokens,
        outputTokens: reported.outputTokens,
        estimated: false,
      };
    const input = reported ? { ...reported, estimated: true } : estimatedInput(this.call.request);
    return {
      inputTokens: input.inputTokens,
      cachedInputTokens: input.cachedInputTokens,
      outputTokens: estimateTokens(this.outputCharacters),
      estimated: true,
    };
  }

  private read(data: string): void {
    const answer = parse(data);
    if (answer === undefined) return;
    this.name ??= nameIn(answer);
    this.reported = readUsage(answer, { path: this.call.path, before: this.reported });
    this.outputCharacters += outputIn(answer);
  }
}

/** Of a call that was answered with nothing: what was sent counts, as providers count it. */
export function estimatedInput(request: ApiRequest): Tokens {
  const { messages, tools, system, input, instructions } = request;
  const inputTokens = estimateTokens(textLength([messages, tools, system, input, instructions]));
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, estimated: true };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // `[DONE]`, or half an event before a break.
  }
}
