'use client';
import type { Chat } from '@aether/contracts/openclaw';
import { X } from 'lucide-react';
import { useRead } from '@/api/queries';
import { IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Loaded } from '@/ui/feedback';
import { Conversation } from './conversation';
import { PastMessages } from './past-messages';
import { useAgents } from './use-agents';

interface ChatColumnProps {
  readonly id: string;
  /** A message to be read with what was said around it. */
  readonly at: number | null;
  readonly onLeavePast: () => void;
  /** Of one among several, which have a line each that says which it is. */
  readonly among?: Among;
}

interface Among {
  readonly isFront: boolean;
  readonly onFront: () => void;
  readonly onClose: () => void;
}

/** The conversation of one chat. */
export function ChatColumn({ id, at, onLeavePast, among }: ChatColumnProps) {
  const chat = useRead('GET /api/v1/chats/{id}', { id });
  const agentOf = useAgents();
  const name = (chat.data && agentOf(chat.data)?.deploymentName) ?? 'the agent';
  return (
    <section aria-label={chat.data?.title ?? 'Chat'} className="flex min-h-0 min-w-0 flex-1 flex-col">
      {among && <Head title={chat.data?.title ?? 'Chat'} name={name} {...among} />}
      <div className="min-h-0 flex-1">
        <Loaded query={chat}>
          {(data: Chat) =>
            at === null ? (
              <Conversation chatId={data.id} agentName={name} />
            ) : (
              <PastMessages key={at} chatId={data.id} agentName={name} seq={at} onLeave={onLeavePast} />
            )
          }
        </Loaded>
      </div>
    </section>
  );
}

function Head({
  title,
  name,
  isFront,
  onFront,
  onClose,
}: Among & { readonly title: string; readonly name: string }) {
  return (
    <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line pr-1 pl-4">
      <h2 className="min-w-0 flex-1 font-medium">
        <button
          type="button"
          title={title}
          aria-current={isFront || undefined}
          onClick={onFront}
          className={classes('block h-8 w-full truncate text-left', !isFront && 'text-dim hover:text-ink')}
        >
          {title}
        </button>
      </h2>
      <span className="max-w-28 truncate text-12 text-dim" title={name}>
        {name}
      </span>
      <IconButton label={`Close ${title}`} onClick={onClose}>
        <X aria-hidden />
      </IconButton>
    </header>
  );
}
