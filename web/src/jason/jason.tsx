'use client';
import type { JasonMessage } from '@aether/contracts/jason';
import { Plus, Sparkles, X } from 'lucide-react';
import { memo, useCallback, useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { Composer } from '@/chat/composer';
import { MessageLog } from '@/chat/message-log';
import { useEscape } from '@/frame/escape';
import { useSide } from '@/frame/side';
import { useMessages } from '@/live/use-messages';
import { IconButton } from '@/ui/button';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { Markdown } from '@/ui/markdown';
import { Tag } from '@/ui/state';
import { ActLine } from './act-line';
import { Citations } from './citations';
import { PlanCard } from './plan-card';

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
  const handed = useHandedOver();
  const panel = useEscape(onClose);
  const begin = async (text: string) => {
    const conversation = await create.mutateAsync({});
    setChosen(conversation.id);
    await say.mutateAsync({ id: conversation.id, text });
  };
  return (
    <aside
      ref={panel}
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
            {isFresh ? (
              <Greeting />
            ) : (
              <Loaded query={conversations} skeleton={<Skeleton rows={3} />}>
                {() => <Greeting />}
              </Loaded>
            )}
          </div>
          <div className="space-y-2 p-3">
            <Fault error={create.error ?? say.error} />
            <Composer
              label="Ask Jason"
              busy={create.isPending}
              // Until it is known which conversation goes on: another place to write takes over then.
              disabled={!isFresh && conversations.isPending}
              {...handed}
              onSend={(text, putBack) => void begin(text).catch(putBack)}
              onStop={() => undefined}
            />
          </div>
        </>
      )}
    </aside>
  );
}

/** What was written for Jason in the palette. */
function useHandedOver() {
  const { draft, setDraft } = useSide();
  return { draft, onDraftTaken: useCallback(() => setDraft(null), [setDraft]) };
}

function Greeting() {
  return (
    <Empty drawing="talk" title="Ask Jason">
      Tell him a goal and he makes a mission of it; ask what runs, what waits and why.
    </Empty>
  );
}

const running = new Set<JasonMessage['state']>(['queued', 'streaming']);

function Talk({ id }: { readonly id: string }) {
  const history = useReadPages('GET /api/v1/jason/conversations/{id}/messages', { id, limit: 50 });
  const messages = useMessages<JasonMessage>({ topic: `jason/${id}`, history });
  const say = useChange('POST /api/v1/jason/conversations/{id}/messages');
  const abort = useChange('POST /api/v1/jason/conversations/{id}/abort');
  const handed = useHandedOver();
  const [sent, setSent] = useState(0);
  const conversation = useRead('GET /api/v1/jason/conversations/{id}', { id });
  const acted = messages.flatMap(({ actions }) => actions.flatMap(({ missionId }) => missionId ?? []));
  const about = acted.at(-1) ?? conversation.data?.missionId ?? null;
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col">
        <Loaded query={history} skeleton={<Skeleton rows={3} />}>
          {() => (
            <MessageLog
              label="Conversation with Jason"
              messages={messages}
              sent={sent}
              isReading={history.isFetchingNextPage}
              onStart={history.more}
            >
              {(message) => <JasonSays message={message} about={about} />}
            </MessageLog>
          )}
        </Loaded>
      </div>
      <div className="space-y-2 p-3">
        <Fault error={say.error ?? abort.error} />
        <Composer
          label="Ask Jason"
          {...handed}
          busy={messages.some((message) => message.role === 'jason' && running.has(message.state))}
          onSend={(text, putBack) => {
            setSent(sent + 1);
            say.mutate({ id, text }, { onError: putBack });
          }}
          onStop={() => abort.mutate({ id })}
        />
      </div>
    </>
  );
}

/** Acts that make a plan, which is then drawn. */
const PLANS = new Set(['create_mission', 'plan_mission']);

const JasonSays = memo(function JasonSays({
  message,
  about: topic,
}: {
  readonly message: JasonMessage;
  /** The mission of the conversation. */
  readonly about: string | null;
}) {
  if (message.role === 'user')
    return (
      <div className="flex justify-end">
        <div className="max-w-[90%] rounded-dialog rounded-br-sm bg-accent-quiet px-3 py-2 break-words whitespace-pre-wrap">
          {message.text}
        </div>
      </div>
    );
  const planned = message.actions.filter(({ name }) => PLANS.has(name));
  const missions = new Set(planned.flatMap(({ missionId }) => missionId ?? []));
  const about = message.actions.findLast(({ missionId }) => missionId !== null)?.missionId ?? topic;
  return (
    <div className="space-y-2">
      {message.actions.map((action) => (
        <ActLine key={action.id} action={action} />
      ))}
      {message.text && <Markdown text={message.text} streams={running.has(message.state)} />}
      {about && message.text && <Citations missionId={about} text={message.text} />}
      {[...missions].map((missionId) => (
        <PlanCard key={missionId} missionId={missionId} />
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
    </div>
  );
});
