'use client';
import { useRead } from '@/api/queries';
import { classes } from '@/ui/classes';
import { TabLine } from '@/ui/tabs';
import { ChatColumn } from './chat-column';

/** From which width of their place on so many chats stand side by side; below it they are tabs. */
const rooms: Readonly<Record<number, { readonly tabs: string; readonly column: string }>> = {
  2: { tabs: '@min-[800px]:hidden', column: '@min-[800px]:flex' },
  3: { tabs: '@min-[960px]:hidden', column: '@min-[960px]:flex' },
};

/** One chat, or several side by side. All go on, whichever is in front. */
export function ChatColumns({
  ids,
  front,
  onFront,
  onClose,
  at,
  onLeavePast,
}: {
  readonly ids: readonly string[];
  /** The chat of the address: the head speaks of it, and it is shown where there is room for one only. */
  readonly front: string;
  readonly onFront: (id: string) => void;
  readonly onClose: (id: string) => void;
  /** A message of the chat in front, to be read with what was said around it. */
  readonly at: number | null;
  readonly onLeavePast: () => void;
}) {
  const room = rooms[ids.length];
  return (
    <div className="@container flex min-w-0 flex-1 flex-col">
      {room && (
        <div className={classes('shrink-0 border-b border-line px-2', room.tabs)}>
          <TabLine
            label="Open chats"
            tabs={ids.map((id) => ({ id, label: <Title id={id} /> }))}
            value={front}
            onChange={onFront}
          />
        </div>
      )}
      <div className="flex min-h-0 flex-1 divide-x divide-line">
        {ids.map((id) => (
          <div
            key={id}
            className={classes(
              'min-w-0 flex-1 flex-col',
              id === front ? 'flex' : 'hidden',
              room && room.column,
            )}
          >
            <ChatColumn
              id={id}
              at={id === front ? at : null}
              onLeavePast={onLeavePast}
              {...(room && {
                among: { isFront: id === front, onFront: () => onFront(id), onClose: () => onClose(id) },
              })}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

function Title({ id }: { readonly id: string }) {
  const title = useRead('GET /api/v1/chats/{id}', { id }).data?.title ?? 'Chat';
  return (
    <span className="block max-w-40 truncate" title={title}>
      {title}
    </span>
  );
}
