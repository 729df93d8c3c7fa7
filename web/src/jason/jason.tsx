'use client';
import type { JasonMessage } from '@aether/contracts/jason';
import { Plus, Sparkles, X } from 'lucide-react';
import { memo, useState } from 'react';
import { useChange, useReadPages } from '@/api/queries';
import { Composer } from '@/chat/composer';
import { StickToEnd } from '@/chat/stick-to-end';
import { ToolLine } from '@/chat/tool-line';
import { useMessages } from '@/live/use-messages';
import { IconButton } from '@/ui/button';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { Markdown } from '@/ui/markdown';
import { Tag } from '@/ui/state';
import { sentence } from '@/ui/words';

/** A conversation with Jason at the side of whatever is shown; he acts with the rights of the person. */
export function Jason({ onClose }: { readonly onClose: () => void }) {
  const conversations = useReadPages('GET /api/v1/jason/conversations', { limit: 20 });
  const [chosen, setChosen] = useState<string | null>(null);
  const [isFresh, setFresh] = useState(false);
  const create = useChange('POST /api/v1/jason/conversations', {
    refresh: ['GET /api/v1/jason/conversations'],
  });
  const say = useChange('POST /api/v1/jason/conversations/{id}/messages');
  const id = chosen ?? (isFresh ? null : (conversations.items[0]?.id ?? null));
  const begin = async (text: string) => {
    const conversation = await create.mutateAsync({});
    setChosen(conversation.id);
    await say.mutateAsync({ id: conversation.id, text });
  };
  return (
    <aside
      aria-label="Jason"
      className="fixed inset-0 z-30 flex flex-col border-l border-line bg-surface md:static md:w-95 md:shrink-0"
    >
      <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line px-4">
        <Sparkles aria-hidden className="size-4 text-accent" />
        <h2 className="flex-1 text-14 font-semibold">Jason</h2>
        <IconButton
          label="New conversation"
          onClick={() => {
            setChosen(null);
            setFresh(true);
          }}
        >
          <Plus aria-hidden />
        </IconButton>
        <IconButton label="Close Jason" onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      {id ? (
        <Talk key={id} id={id} />
      ) : (
        <>
          <div className="flex-1 overflow-y-auto">
            {conversations.isLoading ? (
              <Skeleton rows={3} />
            ) : (
              <Empty drawing="talk" title="Ask Jason">
                Tell him a goal and he makes a mission of it; ask what runs, what waits and why.
              </Empty>
            )}
          </div>
          <div className="space-y-2 p-3">
            <Fault error={create.error ?? say.error} />
            <Composer
              label="Ask Jason"
              busy={create.isPending}
              onSend={(text, putBack) => void begin(text).catch(putBack)}
              onStop={() => undefined}
            />
          </div>
        </>
      )}
    </aside>
  );
}

const running = new Set<JasonMessage['state']>(['queued', 'streaming']);

function Talk({ id }: { readonly id: string }) {
  const history = useReadPages('GET /api/v1/jason/conversations/{id}/messages', { id, limit: 50 });
  const messages = useMessages<JasonMessage>({ topic: `jason/${id}`, history });
  const say = useChange('POST /api/v1/jason/conversations/{id}/messages');
  const abort = useChange('POST /api/v1/jason/conversations/{id}/abort');
  const last = messages.at(-1);
  return (
    <>
      <StickToEnd
        label="Conversation with Jason"
        signal={`${last?.id}${last?.text.length}${last?.actions.length}`}
      >
        <Loaded query={history}>
          {() => (
            <ol className="space-y-4 p-4">
              {messages.map((message) => (
                <JasonSays key={message.id} message={message} />
              ))}
            </ol>
          )}
        </Loaded>
      </StickToEnd>
      <div className="space-y-2 p-3">
        <Fault error={say.error ?? abort.error} />
        <Composer
          label="Ask Jason"
          busy={messages.some((message) => message.role === 'jason' && running.has(message.state))}
          onSend={(text, putBack) => say.mutate({ id, text }, { onError: putBack })}
          onStop={() => abort.mutate({ id })}
        />
      </div>
    </>
  );
}

const JasonSays = memo(function JasonSays({ message }: { readonly message: JasonMessage }) {
  if (message.role === 'user')
    return (
      <li className="flex justify-end">
        <div className="max-w-[90%] rounded-dialog rounded-br-sm bg-accent-quiet px-3 py-2 break-words whitespace-pre-wrap">
          {message.text}
        </div>
      </li>
    );
  const missions = [
    ...new Set(message.actions.map(({ missionId }) => missionId).filter((id) => id !== null)),
  ];
  return (
    <li className="space-y-2">
      {message.actions.map((action) => (
        <ToolLine key={action.id} tool={{ ...action, name: sentence(action.name), args: action.input }} />
      ))}
      {message.text && <Markdown text={message.text} streams={running.has(message.state)} />}
      {missions.map((missionId) => (
        <Link
          key={missionId}
          href={`/missions/${missionId}/`}
          className="block rounded-card border border-line bg-raised px-3 py-2 font-medium text-accent hover:underline"
        >
          Open the mission
        </Link>
      ))}
      {running.has(message.state) && (
        <p role="status" className="text-12 text-dim">
          Jason thinks…
        </p>
      )}
      {message.demo && message.state === 'complete' && <Tag>demo model</Tag>}
      {message.reason && (
        <p className="rounded-control bg-bad-quiet px-3 py-2 text-bad">
          {message.reason.cause} {message.reason.remedy}
        </p>
      )}
    </li>
  );
});
