'use client';
import type { LogLine } from '@aether/contracts/deployer';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine } from 'lucide-react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Empty, Loaded } from '@/ui/feedback';
import { exact } from '@/ui/words';
import { LogTools, type LogFilter } from './log-tools';
import { useLogs } from './use-logs';

const LINE_PX = 20;
const NEAR_END_PX = 40;

const tones: Readonly<Record<LogLine['level'], string>> = {
  step: 'text-accent',
  info: 'text-ink',
  warn: 'text-wait',
  error: 'text-bad',
};

/** A deployment's log: follows the end until one scrolls away from it. */
export function LogView({ id, name }: { readonly id: string; readonly name: string }) {
  const [filter, setFilter] = useState<LogFilter>({ words: '', hidden: new Set(), raw: false });
  const logs = useLogs(id, filter.raw);
  const [follows, setFollows] = useState(true);
  const [match, setMatch] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = logs.lines.filter(({ level }) => !filter.hidden.has(level));
  const words = useDeferredValue(filter.words.toLowerCase());
  const found = words
    ? lines.flatMap(({ text }, index) => (text.toLowerCase().includes(words) ? [index] : []))
    : [];
  const current = found[Math.min(match, found.length - 1)];
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => lines[index]?.seq ?? index,
    overscan: 30,
  });
  useEffect(() => {
    if (follows && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follows, lines.length, rows]);
  const step = (by: 1 | -1) => {
    if (found.length === 0) return;
    const next = (Math.min(match, found.length - 1) + by + found.length) % found.length;
    setFollows(false);
    setMatch(next);
    rows.scrollToIndex(found[next] ?? 0, { align: 'center' });
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <LogTools
        filter={filter}
        onFilter={(next) => {
          if (next.words !== filter.words) setMatch(0);
          setFilter(next);
        }}
        lines={lines}
        name={name}
        match={Math.min(match, Math.max(0, found.length - 1))}
        matches={found.length}
        onStep={step}
      />
      <Loaded query={logs}>
        {() => (
          <div className="relative min-h-0 flex-1">
            {lines.length === 0 && (
              <Empty title={logs.lines.length > 0 ? 'All levels are hidden' : 'No lines yet'} />
            )}
            <div
              ref={scroller}
              role="log"
              aria-label={`Log of ${name}`}
              aria-live="off"
              tabIndex={0}
              onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
                setFollows(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
              }
              className="absolute inset-0 overflow-auto bg-canvas py-2 font-mono text-12"
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
                      style={{ transform: `translateY(${start}px)` }}
                      className={classes(
                        'absolute inset-x-0 top-0 flex gap-3 px-4 leading-5',
                        index === current && 'bg-accent-quiet',
                      )}
                    >
                      <time
                        dateTime={line.at}
                        title={exact(line.at)}
                        className="shrink-0 text-faint select-none"
                      >
                        {new Date(line.at).toLocaleTimeString('en-GB')}
                      </time>
                      <span
                        className={classes(
                          'min-w-0 flex-1 break-words whitespace-pre-wrap',
                          tones[line.level],
                        )}
                      >
                        <Marked text={line.text} words={words} />
                      </span>
                    </div>
                  );
                })}
              </div>
            </div>
            {!follows && (
              <Button
                size="small"
                className="absolute right-6 bottom-4 shadow-float"
                onClick={() => {
                  setFollows(true);
                  rows.scrollToIndex(lines.length - 1, { align: 'end' });
                }}
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

function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  if (!words) return text;
  const parts: React.ReactNode[] = [];
  const low = text.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(words); at >= 0; at = low.indexOf(words, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className="rounded-sm bg-wait-quiet text-wait">
        {text.slice(at, at + words.length)}
      </mark>,
    );
    from = at + words.length;
  }
  return [...parts, text.slice(from)];
}
