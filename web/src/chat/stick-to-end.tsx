'use client';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

const NEAR_PX = 80;

/** A column that follows its end while the reader is there, and stays where they are when they are not. */
export function StickToEnd({
  children,
  label,
  signal,
}: {
  readonly children: ReactNode;
  readonly label: string;
  readonly signal: unknown;
}) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [hasNews, setNews] = useState(false);
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
    else setNews(true);
  }, [signal]);
  useEffect(() => {
    const content = box.current?.firstElementChild;
    if (!content) return;
    // Markdown and pictures grow after they are drawn.
    const watcher = new ResizeObserver(() => isAtEnd.current && toEnd());
    watcher.observe(content);
    return () => watcher.disconnect();
  }, []);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        tabIndex={0}
        role="log"
        aria-label={label}
        className="h-full overflow-y-auto"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
          if (isAtEnd.current) setNews(false);
        }}
      >
        <div>{children}</div>
      </div>
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
