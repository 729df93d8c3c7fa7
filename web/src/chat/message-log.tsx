'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** So near to the end the reader is at it. */
const NEAR_PX = 80;
/** Messages above the first one in sight at which earlier ones are asked for. */
const AHEAD = 10;
const LINE_PX = 24;
const LINE_LETTERS = 90;

interface Said {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
}

/** Near enough that a scroll bar does not jump much; each is measured when it is drawn. */
const guessPx = ({ text }: Said) =>
  56 + LINE_PX * Math.min(40, text.split('\n').length + text.length / LINE_LETTERS);

/**
 * Messages of a conversation, oldest first, of which those in sight are in the page. Follows the end while the
 * reader is there and stays where they are when they are not, also when earlier messages come.
 */
export function MessageLog<M extends Said>({
  label,
  messages,
  sent = 0,
  isReading,
  onStart,
  className,
  children,
}: {
  readonly label: string;
  readonly messages: readonly M[];
  /** How often the reader has said something here: they want to see it. */
  readonly sent?: number;
  /** Earlier messages are on their way. */
  readonly isReading: boolean;
  /** The first message that was read is near; must stay the same function while there are none before it. */
  readonly onStart: () => void;
  readonly className?: string;
  readonly children: (message: M) => ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [hasNews, setNews] = useState(false);
  const [isPlaced, setPlaced] = useState(false);
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const message = messages[index];
      return message ? guessPx(message) : LINE_PX;
    },
    getItemKey: useCallback((index: number) => messages[index]?.id ?? index, [messages]),
    overscan: 6,
    gap: 20,
    paddingStart: 16,
    paddingEnd: 16,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
  });
  const toEnd = () => rows.scrollToEnd();
  const hasMessages = messages.length > 0;
  useLayoutEffect(() => {
    if (!hasMessages) return;
    rows.scrollToEnd();
    const picture = requestAnimationFrame(() => setPlaced(true));
    return () => cancelAnimationFrame(picture);
  }, [rows, hasMessages, sent]);
  const first = rows.range?.startIndex ?? 0;
  useEffect(() => {
    if (isPlaced && first <= AHEAD) onStart();
  }, [isPlaced, first, messages.length, onStart]);
  const last = messages.at(-1);
  const end = `${last?.id}${last?.text.length}`;
  useEffect(() => {
    if (!isAtEnd.current) setNews(true);
  }, [end]);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={label}
        aria-busy={isReading}
        className="h-full overflow-y-auto"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
          if (isAtEnd.current) setNews(false);
        }}
      >
        <ol className={className} style={{ position: 'relative', height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const message = messages[index];
            if (!message) return null;
            return (
              <li
                key={message.id}
                ref={rows.measureElement}
                data-index={index}
                aria-posinset={message.seq}
                aria-setsize={last?.seq ?? -1}
                style={{ position: 'absolute', inset: '0 0 auto', transform: `translateY(${start}px)` }}
                className="px-4"
              >
                {children(message)}
              </li>
            );
          })}
        </ol>
      </div>
      {isReading && (
        <p
          role="status"
          className="absolute top-2 left-1/2 -translate-x-1/2 rounded-full border border-line bg-overlay px-3 py-1 text-12 text-dim"
        >
          Reading earlier messages
        </p>
      )}
      {hasNews && (
        <button
          type="button"
          onClick={toEnd}
          className="absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-overlay px-3 text-12 shadow-float"
        >
          <ArrowDown aria-hidden className="size-3.5" /> New messages
        </button>
      )}
    </div>
  );
}
