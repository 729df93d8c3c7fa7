'use client';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** Rows before the end of what was read at which more is asked for. */
const AHEAD = 40;
const FOCUSABLE = 'a[href], button';

/**
 * A list of which only the rows in sight are in the page. Each says its place among all of them; arrows, Home and
 * End go from one to the next; the row that has the focus stays in the page, wherever one scrolls.
 */
export function VirtualList<T extends { readonly id: string }>({
  items,
  label,
  rowPx,
  gapPx = 0,
  isMeasured = false,
  total,
  onEnd,
  className,
  listClass,
  rowClass,
  children,
}: {
  readonly items: readonly T[];
  readonly label: string;
  /** Of each row; a guess where they are measured. */
  readonly rowPx: number;
  readonly gapPx?: number;
  readonly isMeasured?: boolean;
  /** How many there are, read or not; absent where nobody knows. */
  readonly total?: number | undefined;
  /** The end of what was read is near. Must stay the same function while there is nothing more to read. */
  readonly onEnd: () => void;
  readonly className?: string;
  readonly listClass?: string;
  readonly rowClass?: string;
  readonly children: (item: T) => ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtTop, setAtTop] = useState(true);
  const [focused, setFocused] = useState<string | null>(null);
  const moved = useRef(false);
  const focusedAt = focused === null ? -1 : items.findIndex(({ id }) => id === focused);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: useCallback((index: number) => items[index]?.id ?? index, [items]),
    overscan: 6,
    // Who reads further down stays at what they read when something comes before it.
    anchorTo: isAtTop ? 'start' : 'end',
    gap: gapPx,
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        if (focusedAt < 0 || shown.includes(focusedAt)) return shown;
        return [...shown, focusedAt].sort((a, b) => a - b);
      },
      [focusedAt],
    ),
  });
  const last = rows.range?.endIndex ?? 0;
  useEffect(() => {
    if (last >= items.length - AHEAD) onEnd();
  }, [last, items.length, onEnd]);
  useLayoutEffect(() => {
    if (!moved.current || focusedAt < 0) return;
    moved.current = false;
    scroller.current
      ?.querySelector(`[data-index="${focusedAt}"]`)
      ?.querySelector<HTMLElement>(FOCUSABLE)
      ?.focus({ preventScroll: true });
  }, [focusedAt]);
  const goTo = (index: number) => {
    const id = items[index]?.id;
    if (id === undefined) return;
    moved.current = true;
    setFocused(id);
    rows.scrollToIndex(index);
  };
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={({ currentTarget }) => setAtTop(currentTarget.scrollTop < rowPx)}
      className={className}
    >
      <ul
        aria-label={label}
        className={listClass}
        style={{ position: 'relative', height: rows.getTotalSize() }}
        onFocus={({ target }) => setFocused(target.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? null)}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) setFocused(null);
        }}
        onKeyDown={(event) => {
          const to = { ArrowDown: focusedAt + 1, ArrowUp: focusedAt - 1, Home: 0, End: items.length - 1 };
          if (focusedAt < 0 || !(event.key in to)) return;
          event.preventDefault();
          goTo(to[event.key as keyof typeof to]);
        }}
      >
        {rows.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (!item) return null;
          return (
            <li
              key={item.id}
              ref={isMeasured ? rows.measureElement : null}
              data-index={index}
              data-id={item.id}
              aria-posinset={index + 1}
              aria-setsize={total === undefined ? -1 : Math.max(total, items.length)}
              style={{
                position: 'absolute',
                inset: '0 0 auto',
                transform: `translateY(${start}px)`,
                ...(!isMeasured && { height: rowPx }),
              }}
              className={rowClass}
            >
              {children(item)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
