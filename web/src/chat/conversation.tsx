'use client';
import type { ChatFrame, Message, ToolCall } from '@aether/contracts/openclaw';
import { useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { useMessages } from '@/live/use-messages';
import { Button } from '@/ui/button';
import { Empty, Fault, Loaded } from '@/ui/feedback';
import { Composer } from './composer';
import { isRunning, MessageView } from './message';
import { MessageLog } from './message-log';
import { useFiles } from './use-files';

type ToolFrame = Extract<ChatFrame, { kind: 'tool' }>;
type StatusFrame = Extract<ChatFrame, { kind: 'status' }>;

/** Messages with what the agent is doing now, which is shown and never kept. */
type Shown = Message & { readonly phase?: string };

function withTool(calls: readonly ToolCall[], call: ToolCall): ToolCall[] {
  const at = calls.findIndex(({ id }) => id === call.id);
  return at < 0 ? [...calls, call] : calls.with(at, call);
}

function applyOther(message: Shown, frame: { kind: string }): Shown {
  if (frame.kind === 'tool')
    return { ...message, toolCalls: withTool(message.toolCalls, (frame as ToolFrame).toolCall) };
  if (frame.kind === 'status') return { ...message, phase: (frame as StatusFrame).phase };
  return message;
}

/** A conversation with an agent: history, what streams in, and where one writes. */
export function Conversation({ chatId, agentName }: { readonly chatId: string; readonly agentName: string }) {
  const may = useMay();
  const history = useReadPages('GET /api/v1/chats/{id}/messages', { id: chatId, limit: 50 });
  const messages = useMessages<Shown>({ topic: `chat/${chatId}`, history, onOther: applyOther });
  const send = useChange('POST /api/v1/chats/{id}/messages');
  const abort = useChange('POST /api/v1/chats/{id}/abort');
  const approvals = useRead('GET /api/v1/approvals', { chatId, state: 'pending', limit: 20 });
  const decide = useChange('POST /api/v1/approvals/{id}', { refresh: ['GET /api/v1/approvals'] });
  const [sent, setSent] = useState(0);
  const files = useFiles(chatId);
  const busy = messages.some(isRunning);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-0 flex-1 flex-col">
        <Loaded query={history}>
          {() =>
            messages.length === 0 ? (
              <div className="min-h-0 flex-1">
                <Empty drawing="talk" title={`Say something to ${agentName}`}>
                  It answers here, and shows each tool it uses.
                </Empty>
              </div>
            ) : (
              <MessageLog
                label={`Conversation with ${agentName}`}
                messages={messages}
                sent={sent}
                isReading={history.isFetchingNextPage}
                onStart={history.more}
                className="mx-auto w-full max-w-[752px]"
              >
                {(message) => <MessageView message={message} agentName={agentName} phase={message.phase} />}
              </MessageLog>
            )
          }
        </Loaded>
      </div>
      <div className="mx-auto w-full max-w-[752px] space-y-2 p-4 pt-2">
        {approvals.data?.items.map((approval) => (
          <div
            key={approval.id}
            className="flex flex-wrap items-center gap-2 rounded-card border border-line bg-wait-quiet p-3"
          >
            <p className="min-w-0 flex-1 basis-60">
              <span className="text-wait">{agentName} asks to run</span>
              <code className="mt-1 block font-mono text-12 break-all">{approval.command}</code>
            </p>
            {may('chats:write') && (
              <>
                <Button size="small" onClick={() => decide.mutate({ id: approval.id, decision: 'deny' })}>
                  Deny
                </Button>
                <Button
                  size="small"
                  look="primary"
                  onClick={() => decide.mutate({ id: approval.id, decision: 'allow' })}
                >
                  Allow once
                </Button>
              </>
            )}
          </div>
        ))}
        <Fault error={send.error ?? abort.error ?? decide.error} />
        {may('chats:write') && (
          <Composer
            label={`Message ${agentName}`}
            busy={busy}
            files={files}
            onSend={(text, putBack) => {
              setSent(sent + 1);
              const { ids: attachmentIds, putBack: putFilesBack } = files.take();
              const onError = () => {
                putBack();
                putFilesBack();
              };
              send.mutate({ id: chatId, text, attachmentIds }, { onError });
            }}
            onStop={() => abort.mutate({ id: chatId })}
          />
        )}
      </div>
    </div>
  );
}
