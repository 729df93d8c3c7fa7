'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '@/ui/button';
import { download } from '@/ui/download';
import { Empty, Fault, Loaded } from '@/ui/feedback';
import { placesInAll, placesOf, withoutLevels, written } from './log-lines';
import { LogRow } from './log-row';
import { LogTools, type LogFilter } from './log-tools';
import { useLogs } from './use-logs';

const LINE_PX = 20;
const NEAR_END_PX = 40;
/** Lines above the first one in sight at which earlier ones are asked for. */
const AHEAD = 300;

/** A deployment's log: follows the end until one scrolls away from it, and reads back as one scrolls up. */
export function LogView({ id, name }: { readonly id: string; readonly name: string }) {
  const [filter, setFilter] = useState<LogFilter>({ words: '', hidden: new Set(), raw: false });
  const logs = useLogs(id, filter.raw);
  const { pieces, more, hasNextPage } = logs;
  const [follows, setFollows] = useState(true);
  /** Of the line that one went to last; before that the newest match is meant, since one reads at the end. */
  const [current, setCurrent] = useState<number | null>(null);
  /** Whoever waits for the text of the whole log. */
  const [readers, setReaders] = useState<readonly ((text: string) => void)[]>([]);
  const wholeText = () => new Promise<string>((resolve) => setReaders((all) => [...all, resolve]));
  const [isPlaced, setPlaced] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const words = useDeferredValue(filter.words.toLowerCase());
  const visible = useMemo(() => withoutLevels(filter.hidden), [filter.hidden]);
  const places = useMemo(() => placesOf(words), [words]);
  const shown = useMemo(() => pieces.map(visible), [pieces, visible]);
  const lines = useMemo(() => shown.flat(), [shown]);
  const found = useMemo(() => placesInAll(shown, places), [shown, places]);
  const at = current === null ? -1 : found.findIndex((place) => lines[place]?.seq === current);
  const match = at < 0 ? Math.max(0, found.length - 1) : at;
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: useCallback((index: number) => lines[index]?.seq ?? index, [lines]),
    overscan: 8,
    paddingStart: 8,
    paddingEnd: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
  });
  const hasLines = lines.length > 0;
  useLayoutEffect(() => {
    if (!hasLines) return;
    rows.scrollToEnd();
    const picture = requestAnimationFrame(() => setPlaced(true));
    return () => cancelAnimationFrame(picture);
  }, [rows, hasLines]);
  const first = rows.range?.startIndex ?? 0;
  // The whole log is searched, copied and saved, so that the rest of it is read then.
  const wantsAll = words !== '' || readers.length > 0;
  useEffect(() => {
    if (wantsAll || (isPlaced && first <= AHEAD)) more();
  }, [wantsAll, isPlaced, first, lines.length, more]);
  const isWhole = !hasNextPage || logs.isFetchNextPageError;
  useEffect(() => {
    if (readers.length === 0 || !isWhole) return;
    setReaders([]);
    for (const read of readers) read(written(lines));
  }, [readers, isWhole, lines]);
  const goTo = (place: number) => {
    setFollows(false);
    setCurrent(lines[place]?.seq ?? null);
    rows.scrollToIndex(place, { align: 'center' });
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <LogTools
        filter={filter}
        onFilter={(next) => {
          if (next.words !== filter.words) setCurrent(null);
          setFilter(next);
        }}
        text={wholeText}
        match={match}
        matches={found.length}
        isSearching={words !== '' && !isWhole}
        onStep={(by) => {
          const next = at < 0 ? match : (match + by + found.length) % found.length;
          if (found[next] !== undefined) goTo(found[next]);
        }}
        isSaving={readers.length > 0}
        onSave={() => void wholeText().then((text) => download(`${name}.log`, text))}
      />
      {logs.isFetchNextPageError && (
        <div className="flex items-center gap-2 border-b border-line px-4 py-2">
          <Fault error={logs.error} className="flex-1" />
          <Button size="small" onClick={() => void logs.fetchNextPage()}>
            Read on
          </Button>
        </div>
      )}
      <Loaded query={logs}>
        {() => (
          <div className="relative min-h-0 flex-1">
            {lines.length === 0 && (
              <Empty
                title={pieces.some(({ length }) => length > 0) ? 'All levels are hidden' : 'No lines yet'}
              />
            )}
            <div
              ref={scroller}
              role="log"
              aria-label={`Log of ${name}`}
              aria-live="off"
              aria-busy={logs.isFetchingNextPage}
              tabIndex={0}
              onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
                setFollows(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
              }
              className="absolute inset-0 overflow-auto bg-canvas font-mono text-12"
            >
              <div className="relative" style={{ height: rows.getTotalSize() }}>
                {rows.getVirtualItems().map(({ index, start, key }) => {
                  const line = lines[index];
                  if (!line) return null;
                  return (
                    <div
                      key={key}
                      ref={rows.measureElement}
                      data-index={index}
                      className="absolute inset-x-0 top-0"
                      style={{ transform: `translateY(${start}px)` }}
                    >
                      <LogRow line={line} words={words} isCurrent={line.seq === current} />
                    </div>
                  );
                })}
              </div>
            </div>
            {!follows && (
              <Button
                size="small"
                className="absolute right-6 bottom-4 shadow-float"
                onClick={() => rows.scrollToEnd()}
              >
                <ArrowDownToLine aria-hidden /> Follow
              </Button>
            )}
          </div>
        )}
      </Loaded>
    </div>
  );
}
