'use client';
import { wordsOf, type FoundMessage } from '@aether/contracts/chat-search';
import { Columns2, Lock } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useReadPages } from '@/api/queries';
import { AgentMark } from '@/ui/agent-mark';
import { Button, IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Loaded } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { SearchField } from '@/ui/search-field';
import { Ago } from '@/ui/time';
import { FoundMessages } from './found-messages';
import { useAgents } from './use-agents';

/** All chats, newest first; those shown are marked, another may be opened beside them. Words find messages as well. */
export function ChatList({
  shown = [],
  onBeside,
  onPick,
}: {
  readonly shown?: readonly string[];
  readonly onBeside?: (id: string) => void;
  /** A message that was found among all chats. */
  readonly onPick: (found: FoundMessage) => void;
}) {
  const chats = useReadPages('GET /api/v1/chats', { limit: 100 });
  const agentOf = useAgents();
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim().toLowerCase());
  const found = chats.items.filter((chat) =>
    [chat.title, agentOf(chat)?.deploymentName ?? ''].some((text) => text.toLowerCase().includes(words)),
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SearchField
        label="Filter chats and search messages"
        value={typed}
        onWords={setTyped}
        placeholder="Search"
        maxLength={200}
        className="m-2"
      />
      <Loaded query={chats}>
        {() => (
          <ul className="min-h-0 flex-1 space-y-0.5 overflow-y-auto px-2 pb-2">
            {found.map((chat) => {
              const name = agentOf(chat)?.deploymentName ?? 'agent';
              const isShown = shown.includes(chat.id);
              return (
                <li
                  key={chat.id}
                  className={classes(
                    'group relative flex items-center gap-2.5 rounded-control px-2 py-1.5',
                    isShown ? 'bg-accent-quiet' : 'hover:bg-raised',
                  )}
                >
                  <AgentMark name={name} />
                  <span className="min-w-0 flex-1">
                    <Link
                      href={`/chats/${chat.id}/`}
                      aria-current={isShown ? 'page' : undefined}
                      title={chat.title}
                      className="block truncate after:absolute after:inset-0"
                    >
                      {chat.title}
                    </Link>
                    <span className="flex justify-between gap-2 text-12 text-dim">
                      <span className="flex min-w-0 items-center gap-1">
                        {chat.visibility === 'private' && (
                          <Lock role="img" aria-label="Private" className="size-3 shrink-0" />
                        )}
                        <span className="truncate">{name}</span>
                      </span>
                      <Ago at={chat.updatedAt} className="shrink-0" />
                    </span>
                  </span>
                  {onBeside && !isShown && (
                    <IconButton
                      label={`Open ${chat.title} beside`}
                      onClick={() => onBeside(chat.id)}
                      // Where nothing can hover it has a place of its own, else it covers the time.
                      className="bg-overlay [@media(hover:hover)]:absolute [@media(hover:hover)]:top-1 [@media(hover:hover)]:right-1 [@media(hover:hover)]:opacity-0 [@media(hover:hover)]:group-hover:opacity-100 [@media(hover:hover)]:focus-visible:opacity-100"
                    >
                      <Columns2 aria-hidden />
                    </IconButton>
                  )}
                </li>
              );
            })}
            {found.length === 0 && (
              <li className="p-4 text-center text-dim">No chats {words ? 'of this name' : 'yet'}</li>
            )}
            {chats.hasNextPage && (
              <li className="p-2 text-center">
                <Button
                  size="small"
                  look="quiet"
                  busy={chats.isFetchingNextPage}
                  onClick={() => void chats.fetchNextPage()}
                >
                  Show more
                </Button>
              </li>
            )}
            {wordsOf(words).length > 0 && (
              <li className="border-t border-line pt-2">
                <h2 className="px-2 pb-1 text-12 font-medium text-dim">Messages</h2>
                <FoundMessages query={words} onPick={onPick} />
              </li>
            )}
          </ul>
        )}
      </Loaded>
    </div>
  );
}
