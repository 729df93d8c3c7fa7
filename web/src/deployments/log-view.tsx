'use client';
import type { LogLine } from '@aether/contracts/deployer';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, Download, Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTopic } from '@/live/live';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Copy } from '@/ui/copy';
import { exact, plural } from '@/ui/words';

const LINE_PX = 18;
/** Older lines are let go, so that a chatty agent does not fill the browser. */
const LINES_MAX = 100_000;

const tones: Record<LogLine['level'], string> = { step: 'text-info', info: '', warn: 'text-wait', error: 'text-bad' };

/** Lines as they come, once per picture; following ends where the reader scrolls up. */
export function LogView({ deploymentId }: { readonly deploymentId: string }) {
  const lines = useLines(deploymentId);
  const [words, setWords] = useState('');
  const [level, setLevel] = useState<'all' | 'warn' | 'step'>('all');
  const [follows, setFollows] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const wanted = words.toLowerCase();
    return lines.filter(
      (line) =>
        (level === 'all' || (level === 'step' ? line.source === 'step' : line.level === 'warn' || line.level === 'error')) &&
        (wanted === '' || line.text.toLowerCase().includes(wanted)),
    );
  }, [lines, words, level]);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => LINE_PX, overscan: 30 });
  useEffect(() => {
    if (follows && shown.length > 0) rows.scrollToIndex(shown.length - 1, { align: 'end' });
  }, [follows, shown.length, rows]);
  const text = () => shown.map(({ at, level: kind, text: said }) => `${at} ${kind.padEnd(5)} ${said}`).join('\n');
  return (
    <div className="flex h-full min-h-96 flex-col overflow-hidden rounded-card border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <label className="relative flex-1 basis-40">
          <span className="sr-only">Search the log</span>
          <Search aria-hidden className="pointer-events-none absolute top-1.5 left-2 size-4 text-faint" />
          <input type="search" data-filter value={words} onChange={(event) => setWords(event.target.value)} placeholder="Search" className="h-7 w-full rounded-control border border-line bg-canvas pr-2 pl-8 text-12 placeholder:text-faint" />
        </label>
        <select aria-label="Lines shown" value={level} onChange={(event) => setLevel(event.target.value as typeof level)} className="h-7 rounded-control border border-line bg-surface px-1.5 text-12">
          <option value="all">All lines</option>
          <option value="step">Steps</option>
          <option value="warn">Warnings and errors</option>
        </select>
        <span role="status" className="figures text-12 text-dim">
          {plural(shown.length, 'line')}
        </span>
        <Button size="small" aria-pressed={follows} look={follows ? 'plain' : 'quiet'} onClick={() => setFollows(!follows)}>
          <ArrowDownToLine aria-hidden /> Follow
        </Button>
        <Copy text={text()} label="Copy" />
        <Button size="small" onClick={() => save(text())}>
          <Download aria-hidden /> Save
        </Button>
      </div>
      <div
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label="Log"
        aria-live="off"
        className="min-h-0 flex-1 overflow-auto py-1 font-mono text-12"
        onWheel={({ deltaY }) => deltaY < 0 && setFollows(false)}
        onKeyDown={({ key }) => ['ArrowUp', 'PageUp', 'Home'].includes(key) && setFollows(false)}
      >
        <div className="relative min-w-max" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = shown[index];
            return (
              line && (
                <div key={line.seq} style={{ transform: `translateY(${start}px)`, height: LINE_PX }} className={classes('absolute top-0 left-0 flex gap-3 px-3 leading-4.5 whitespace-pre hover:bg-raised', tones[line.level])}>
                  <time dateTime={line.at} title={exact(line.at)} className="text-faint">
                    {line.at.slice(11, 19)}
                  </time>
                  <span>{line.text}</span>
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function useLines(deploymentId: string): readonly LogLine[] {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const waiting = useRef<LogLine[]>([]);
  const picture = useRef<number | null>(null);
  const flush = () => {
    picture.current = null;
    const arrived = waiting.current.splice(0);
    setLines((old) => {
      const last = old.at(-1)?.seq ?? 0;
      return [...old, ...arrived.filter(({ seq }) => seq > last)].slice(-LINES_MAX);
    });
  };
  useTopic(`logs/${deploymentId}`, {
    frame: (data) => {
      waiting.current.push(data as LogLine);
      picture.current ??= requestAnimationFrame(flush);
    },
    lost: () => setLines([]),
  });
  useEffect(
    () => () => {
      if (picture.current !== null) cancelAnimationFrame(picture.current);
      picture.current = null;
    },
    [],
  );
  return lines;
}

function save(text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'aether.log';
  link.click();
  URL.revokeObjectURL(link.href);
}
