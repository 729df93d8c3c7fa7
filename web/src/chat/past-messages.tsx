'use client';
import { ArrowDown } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useReadPages } from '@/api/queries';
import { Button } from '@/ui/button';
import { Loaded } from '@/ui/feedback';
import { MessageView } from './message';

const ROUND = 25;

/** A chat around one of its messages, to be read on to both sides. What is new is not shown here: one goes there. */
export function PastMessages({
  chatId,
  agentName,
  seq,
  onLeave,
}: {
  readonly chatId: string;
  readonly agentName: string;
  readonly seq: number;
  readonly onLeave: () => void;
}) {
  const route = 'GET /api/v1/chats/{id}/messages';
  const older = useReadPages(route, { id: chatId, limit: ROUND, upTo: seq });
  const newer = useReadPages(route, { id: chatId, limit: ROUND, from: seq + 1 });
  const list = useRef<HTMLOListElement>(null);
  const isThere = older.isSuccess && newer.isSuccess;
  useEffect(() => {
    if (isThere) list.current?.querySelector(`[data-message="${seq}"]`)?.scrollIntoView({ block: 'center' });
  }, [isThere, seq]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="log"
        aria-live="off"
        aria-label={`Earlier messages with ${agentName}`}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto"
      >
        <Loaded query={older}>
          {() => (
            <ol ref={list} className="mx-auto w-full max-w-[752px] space-y-5 p-4">
              {older.hasNextPage && <More query={older}>Show earlier messages</More>}
              {[...older.items]
                .reverse()
                .concat(newer.items)
                .map((message) => (
                  <li key={message.id}>
                    <MessageView message={message} agentName={agentName} isFound={message.seq === seq} />
                  </li>
                ))}
              {newer.hasNextPage && <More query={newer}>Show later messages</More>}
            </ol>
          )}
        </Loaded>
      </div>
      <div className="flex justify-center border-t border-line p-3">
        <Button onClick={onLeave}>
          <ArrowDown aria-hidden /> Go to the newest messages
        </Button>
      </div>
    </div>
  );
}

interface Pages {
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

function More({ query, children }: { readonly query: Pages; readonly children: string }) {
  return (
    <li className="text-center">
      <Button
        size="small"
        look="quiet"
        busy={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {children}
      </Button>
    </li>
  );
}
