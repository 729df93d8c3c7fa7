import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { ApiError } from '../calls/api-error.js';
import { outlineOf } from '../calls/json-outline.js';
import { textLength } from '../calls/usage-report.js';
import { estimateTokens } from '../calls/usage-tap.js';

/** What is known of an answer before it begins. */
export interface Begun {
  readonly id: string;
  /** As it was asked for. */
  readonly model: string;
  /** Until the provider has counted. */
  readonly inputTokens: number;
}

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown };

const stopReasons: Readonly<Record<LanguageModelV4FinishReason['unified'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
  interrupted: 'end_turn',
  other: 'end_turn',
};

/** A whole answer in Anthropic's format. */
export function writeMessage(
  { content, finishReason, usage, response }: LanguageModelV4GenerateResult,
  begun: Begun,
): object {
  const blocks = content.flatMap(writeBlock);
  return {
    ...headOf(begun, response?.id),
    content: blocks,
    stop_reason: stopReasons[finishReason.unified],
    stop_sequence: null,
    usage: writeUsage(usage, { begun, characters: textLength(blocks) }),
  };
}

function headOf({ id, model }: Begun, told: string | undefined) {
  return { id: told ?? id, type: 'message', role: 'assistant', model };
}

function writeBlock(part: LanguageModelV4Content): Block[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type === 'reasoning') return [{ type: 'thinking', thinking: part.text, signature: '' }];
  if (part.type !== 'tool-call') return [];
  return [{ type: 'tool_use', id: part.toolCallId, name: part.toolName, input: inputOf(part.input) }];
}

/** A model that writes no JSON, or none that can be written again, has called its tool with nothing. */
function inputOf(json: string): unknown {
  try {
    return outlineOf(Buffer.from(json)) ? JSON.parse(json || '{}') : {};
  } catch {
    return {};
  }
}

/** Anthropic counts what came out of a cache beside the rest of the prompt. `estimated` is ours, for the ledger. */
function writeUsage(
  { inputTokens, outputTokens }: LanguageModelV4Usage,
  { begun, characters }: { begun: Begun; characters: number },
) {
  const cached = inputTokens.cacheRead ?? 0;
  return {
    input_tokens: (inputTokens.total ?? begun.inputTokens) - cached,
    cache_read_input_tokens: cached,
    output_tokens: outputTokens.total ?? estimateTokens(characters),
    ...(outputTokens.total === undefined && { estimated: true }),
  };
}

/** The events of an answer in Anthropic's format, one after the other as they are known. */
export async function* writeEvents(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
  begun: Begun,
): AsyncGenerator<{ type: string }> {
  const blocks = new Blocks();
  let isBegun = false;
  const begin = (told?: string) => {
    isBegun = true;
    const usage = { input_tokens: begun.inputTokens, output_tokens: 0 };
    const empty = { content: [], stop_reason: null, stop_sequence: null, usage };
    return { type: 'message_start', message: { ...headOf(begun, told), ...empty } };
  };
  for await (const part of parts) {
    if (part.type === 'stream-start') continue;
    if (!isBegun) yield begin(part.type === 'response-metadata' ? part.id : undefined);
    if (part.type === 'error') throw failed(part.error);
    if (part.type === 'finish') {
      yield* blocks.closeAll();
      const delta = { stop_reason: stopReasons[part.finishReason.unified], stop_sequence: null };
      const usage = writeUsage(part.usage, { begun, characters: blocks.characters });
      yield { type: 'message_delta', delta, usage } as { type: string };
      yield { type: 'message_stop' };
    } else {
      yield* blocks.take(part);
    }
  }
}

const failed = (error: unknown) =>
  new ApiError(
    502,
    'provider_failed',
    `The model provider broke off: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );

/** The content blocks of one answer. They are numbered; one of text or thoughts ends where another begins. */
class Blocks {
  private readonly open = new Map<string, { index: number; isProse: boolean }>();
  private readonly called = new Set<string>();
  private count = 0;
  /** Of what the model said. */
  characters = 0;

  *take(part: LanguageModelV4StreamPart): Generator<{ type: string }> {
    if (part.type === 'text-delta') {
      yield* this.write(
        `text ${part.id}`,
        { type: 'text', text: '' },
        { type: 'text_delta', text: part.delta },
      );
    } else if (part.type === 'reasoning-delta') {
      const empty: Block = { type: 'thinking', thinking: '', signature: '' };
      yield* this.write(`thoughts ${part.id}`, empty, { type: 'thinking_delta', thinking: part.delta });
    } else if (part.type === 'tool-input-start') {
      yield* this.begin(part.id, { type: 'tool_use', id: part.id, name: part.toolName, input: {} });
    } else if (part.type === 'tool-input-delta') {
      yield this.delta(part.id, { type: 'input_json_delta', partial_json: part.delta });
    } else if (part.type === 'tool-input-end') {
      yield* this.end(part.id);
    } else if (part.type === 'tool-call' && !this.called.has(part.toolCallId)) {
      const { toolCallId: id, toolName: name, input } = part;
      yield* this.begin(id, { type: 'tool_use', id, name, input: {} });
      yield this.delta(id, { type: 'input_json_delta', partial_json: input });
      yield* this.end(id);
    }
  }

  *closeAll(): Generator<{ type: string }> {
    for (const key of [...this.open.keys()]) yield* this.end(key);
  }

  private *write(key: string, empty: Block, delta: object): Generator<{ type: string }> {
    if (!this.open.has(key)) yield* this.begin(key, empty);
    yield this.delta(key, delta);
  }

  private *begin(key: string, block: Block): Generator<{ type: string }> {
    for (const [other, { isProse }] of [...this.open]) if (isProse) yield* this.end(other);
    const isProse = block.type !== 'tool_use';
    if (!isProse) this.called.add(key);
    this.open.set(key, { index: this.count, isProse });
    yield { type: 'content_block_start', index: this.count++, content_block: block } as { type: string };
  }

  private delta(key: string, delta: object): { type: string } {
    this.characters += textLength(delta);
    return { type: 'content_block_delta', index: this.open.get(key)?.index, delta } as { type: string };
  }

  private *end(key: string): Generator<{ type: string }> {
    const block = this.open.get(key);
    this.open.delete(key);
    if (block) yield { type: 'content_block_stop', index: block.index } as { type: string };
  }
}
