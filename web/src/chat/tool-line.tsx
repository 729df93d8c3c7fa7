'use client';
import { ChevronRight, CircleX, LoaderCircle, Wrench } from 'lucide-react';

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly args?: unknown;
  readonly result: string | null;
  readonly isError: boolean;
}

/** The argument that says most, for the folded line. */
function gist(args: unknown): string {
  if (typeof args !== 'object' || args === null) return '';
  const values = args as Record<string, unknown>;
  const found = ['path', 'file_path', 'command', 'query', 'url', 'title', 'goal']
    .map((name) => values[name])
    .find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
}

/** One call of a tool, folded to a line. `isOver`: its turn has ended, so that an answer comes no more. */
export function ToolLine({ tool, isOver = false }: { readonly tool: ToolUse; readonly isOver?: boolean }) {
  const isRunning = tool.result === null && !tool.isError && !isOver;
  const Icon = isRunning ? LoaderCircle : tool.isError ? CircleX : Wrench;
  return (
    <details className="group rounded-control border border-line bg-surface text-12">
      <summary className="flex h-7 cursor-pointer list-none items-center gap-2 px-2 select-none">
        <Icon
          aria-hidden
          className={`size-3.5 shrink-0 ${tool.isError ? 'text-bad' : 'text-dim'} ${isRunning ? 'animate-spin' : ''}`}
        />
        <span className="font-mono">{tool.name}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-dim">{gist(tool.args)}</span>
        {tool.isError && <span className="text-bad">failed</span>}
        <ChevronRight
          aria-hidden
          className="size-3.5 shrink-0 text-faint transition-transform group-open:rotate-90"
        />
      </summary>
      <div className="space-y-2 border-t border-line p-2">
        {tool.args !== undefined && (
          <pre
            tabIndex={0}
            role="group"
            aria-label={`Arguments of ${tool.name}`}
            className="max-h-60 overflow-auto font-mono text-11 break-all whitespace-pre-wrap text-dim"
          >
            {JSON.stringify(tool.args, null, 2)}
          </pre>
        )}
        {tool.result !== null && (
          <pre
            tabIndex={0}
            role="group"
            aria-label={`Result of ${tool.name}`}
            className="max-h-80 overflow-auto rounded-sm bg-raised p-2 font-mono text-11 break-all whitespace-pre-wrap"
          >
            {tool.result || '(no output)'}
          </pre>
        )}
      </div>
    </details>
  );
}
