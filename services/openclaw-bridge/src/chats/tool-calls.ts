import type { ToolCall } from '@aether/contracts/openclaw';
import { textOf, type HistoryRow, type ToolEvent } from '../gateway/frames.js';

/** Rows, frames and events carry tool calls whole, so they are bounded; what is longer stays at the gateway. */
const CALLS_MAX = 200;
const PART_MAX = 4_000;

/** The tool calls of one turn, whoever tells of them. */
export class ToolCalls {
  private readonly calls: Map<string, ToolCall>;

  constructor(known: readonly ToolCall[]) {
    this.calls = new Map(known.map((call) => [call.id, call]));
  }

  get list(): ToolCall[] {
    return [...this.calls.values()];
  }

  /** Takes in a tool's start or result. Null beyond the bound. */
  record({ data }: ToolEvent): ToolCall | null {
    const { toolCallId: id, name, args, result, isError } = data;
    return this.put(id, {
      ...(name !== undefined && { name }),
      ...(args !== undefined && { args }),
      ...(result !== undefined && { result: textOfResult(result) }),
      ...(isError !== undefined && { isError }),
    });
  }

  /** Takes in what the gateway's history tells, for events that were missed. */
  recall(rows: readonly HistoryRow[]): void {
    for (const row of rows) {
      if (row.toolCallId !== undefined)
        this.put(row.toolCallId, { result: textOf(row), isError: row.isError ?? false });
      for (const block of Array.isArray(row.content) ? row.content : [])
        if (block.type === 'toolCall' && block.id !== undefined)
          this.put(block.id, { name: block.name ?? 'tool', args: block.arguments });
    }
  }

  private put(id: string, news: Partial<ToolCall>): ToolCall | null {
    const known = this.calls.get(id) ?? { id, name: 'tool', result: null, isError: false };
    if (!this.calls.has(id) && this.calls.size >= CALLS_MAX) return null;
    const call: ToolCall = { ...known, ...news };
    if ('args' in news) call.args = bounded(news.args);
    if (call.result !== null) call.result = clipped(call.result);
    this.calls.set(id, call);
    return call;
  }
}

function bounded(args: unknown): unknown {
  const written = JSON.stringify(args) ?? '';
  return written.length <= PART_MAX ? args : { clipped: clipped(written) };
}

function clipped(text: string): string {
  return text.length <= PART_MAX ? text : `${text.slice(0, PART_MAX)}…`;
}

function textOfResult(result: unknown): string {
  if (typeof result === 'string') return result;
  const blocks = (result as { content?: unknown } | null)?.content;
  if (!Array.isArray(blocks)) return JSON.stringify(result);
  return (blocks as { text?: string }[]).map(({ text }) => text ?? '').join('\n');
}
