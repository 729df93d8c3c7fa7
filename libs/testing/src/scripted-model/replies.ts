/** Tokens that an answer is said to have cost. */
export interface ModelUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens?: number;
}

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What the model does when it is asked; made by `say`, `callTools`, `fail`, `cut` and `hang`. */
export type ModelReply =
  | {
      readonly kind: 'text';
      readonly chunks: readonly string[];
      readonly chunkDelayMs: number;
      readonly usage: ModelUsage;
      /** Whether the connection is dropped after the last chunk, before the end is told. */
      readonly cut: boolean;
    }
  | { readonly kind: 'tools'; readonly calls: readonly ToolCall[]; readonly usage: ModelUsage }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'hang' };

const USAGE: ModelUsage = { promptTokens: 100, completionTokens: 10 };

interface TextOptions {
  /** Pause before each chunk after the first. Default 0. */
  readonly chunkDelayMs?: number;
  readonly usage?: ModelUsage;
}

type TextReply = Extract<ModelReply, { kind: 'text' }>;

/** Answers with text: an array is streamed as those chunks, a string word by word. */
export function say(text: string | readonly string[], options: TextOptions = {}): TextReply {
  const chunks = typeof text === 'string' ? (text.match(/\s*\S+\s*$|\s*\S+/gu) ?? [text]) : text;
  const { chunkDelayMs = 0, usage = USAGE } = options;
  return { kind: 'text', chunks, chunkDelayMs, usage, cut: false };
}

/** Streams the text, then drops the connection before the end. */
export function cut(text: string | readonly string[], options: TextOptions = {}): TextReply {
  return { ...say(text, options), cut: true };
}

/** Asks for tools to be called, such as OpenClaw's `exec {command}` or `write {path, content}`. */
export function callTools(calls: readonly ToolCall[], options: { usage?: ModelUsage } = {}): ModelReply {
  return { kind: 'tools', calls, usage: options.usage ?? USAGE };
}

/** Refuses with an HTTP status, such as 500 or 429. */
export function fail(
  status: number,
  options: { message?: string; retryAfterSeconds?: number } = {},
): ModelReply {
  const { message = `scripted failure ${status}`, retryAfterSeconds } = options;
  return {
    kind: 'error',
    status,
    message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Never answers, until the caller gives up or the model is stopped. */
export function hang(): ModelReply {
  return { kind: 'hang' };
}
