'use client';
import type { Message } from '@aether/contracts/openclaw';
import { memo } from 'react';
import { AgentMark } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { Markdown } from '@/ui/markdown';
import { Ago, Elapsed } from '@/ui/time';
import { sentence } from '@/ui/words';
import { AttachmentTiles } from './attachment-tiles';
import { FoldedText } from './folded-text';
import { ToolLine } from './tool-line';

const FOUND = '-mx-2 rounded-card bg-raised p-2 outline outline-accent';

const running = new Set<Message['state']>(['queued', 'sent', 'streaming']);

export const isRunning = (message: Message | undefined): boolean =>
  message?.role === 'assistant' && running.has(message.state);

/** What the agent does now: the tool it waits for says more than the last phase that was told. */
function doingOf({ toolCalls, text }: Message, phase: string | undefined): string {
  const tool = toolCalls.findLast(({ result, isError }) => result === null && !isError);
  if (tool) return `running ${tool.name}`;
  return phase ?? (text ? 'writing' : 'thinking');
}

export const MessageView = memo(function MessageView({
  message,
  agentName,
  phase,
  isFound = false,
}: {
  readonly message: Message;
  readonly agentName: string;
  readonly phase?: string | undefined;
  /** It is the one that somebody came for. */
  readonly isFound?: boolean;
}) {
  if (message.role === 'user')
    return (
      <div className={classes('flex flex-col items-end gap-2', isFound && FOUND)} data-message={message.seq}>
        <AttachmentTiles attachments={message.attachments} />
        {message.text && (
          <div className="max-w-[85%] rounded-dialog rounded-br-sm bg-accent-quiet px-3.5 py-2 text-14 break-words">
            <FoldedText text={message.text} />
          </div>
        )}
      </div>
    );
  const isOn = isRunning(message);
  return (
    <div
      className={classes('flex gap-3', isFound && FOUND)}
      data-message={message.seq}
      data-state={message.state}
    >
      <AgentMark name={agentName} />
      <div className="min-w-0 flex-1 space-y-2">
        <p className="flex items-baseline gap-2">
          <span className="font-medium">{agentName}</span>
          <Ago at={message.createdAt} className="text-12 text-dim" />
        </p>
        {message.toolCalls.map((tool) => (
          <ToolLine key={tool.id} tool={tool} isOver={!isOn} />
        ))}
        {message.text && <Markdown text={message.text} streams={isOn} />}
        {isOn && (
          <p role="status" className="flex items-center gap-2 text-12 text-dim">
            <span aria-hidden className="size-1.75 animate-pulse rounded-full bg-info" />
            {sentence(doingOf(message, phase))}, <Elapsed from={message.createdAt} />
          </p>
        )}
        {message.state === 'aborted' && <p className="text-12 text-dim">Stopped.</p>}
        {message.reason && (
          <p className="rounded-control bg-bad-quiet px-3 py-2 text-bad">
            {message.reason.cause} {message.reason.remedy}{' '}
            <code className="font-mono text-12">({message.reason.code})</code>
          </p>
        )}
      </div>
    </div>
  );
});
