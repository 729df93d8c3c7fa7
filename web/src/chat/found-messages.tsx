'use client';
import { wordsOf, type FoundMessage } from '@aether/contracts/chat-search';
import { Fragment } from 'react';
import { useReadPages } from '@/api/queries';
import { Button } from '@/ui/button';
import { Loaded } from '@/ui/feedback';
import { Ago } from '@/ui/time';
import { useAgents } from './use-agents';

/** Messages with the words that were typed, newest first; choosing one leads to its place in its chat. */
export function FoundMessages({
  query,
  chatId,
  onPick,
}: {
  readonly query: string;
  /** Of this chat alone. */
  readonly chatId?: string | undefined;
  readonly onPick: (found: FoundMessage) => void;
}) {
  const input = { query, limit: 20, ...(chatId !== undefined && { chatId }) };
  const found = useReadPages('GET /api/v1/messages', input);
  const agentOf = useAgents();
  const words = wordsOf(query);
  return (
    <Loaded query={found}>
      {() => (
        <ul aria-label="Messages found" className="space-y-0.5">
          {found.items.map((message) => (
            <li key={message.id}>
              <button
                type="button"
                onClick={() => onPick(message)}
                className="block w-full rounded-control px-2 py-1.5 text-left hover:bg-raised"
              >
                <span className="flex justify-between gap-2 text-12 text-dim">
                  <span className="truncate">
                    {message.role === 'user' ? 'You' : (agentOf(message)?.deploymentName ?? 'Agent')}
                    {chatId === undefined && ` in ${message.chatTitle}`}
                  </span>
                  <Ago at={message.createdAt} className="shrink-0" />
                </span>
                <span className="line-clamp-2 text-13 break-words">
                  <Marked text={message.excerpt} words={words} />
                </span>
              </button>
            </li>
          ))}
          {found.items.length === 0 && <li className="p-2 text-dim">No messages with these words</li>}
          {found.hasNextPage && (
            <li className="p-2 text-center">
              <Button
                size="small"
                look="quiet"
                busy={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                Show more
              </Button>
            </li>
          )}
        </ul>
      )}
    </Loaded>
  );
}

function Marked({ text, words }: { readonly text: string; readonly words: readonly string[] }) {
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const parts = text.split(new RegExp(`(${escaped.join('|')})`, 'giu'));
  return parts.map((part, at) =>
    at % 2 === 1 ? (
      <mark key={at} className="rounded-sm bg-accent-quiet text-ink">
        {part}
      </mark>
    ) : (
      <Fragment key={at}>{part}</Fragment>
    ),
  );
}
