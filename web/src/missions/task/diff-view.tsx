'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronUp, Columns2, Rows2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useRead } from '@/api/queries';
import { useKeys } from '@/frame/keys';
import { IconButton } from '@/ui/button';
import { Empty, Loaded } from '@/ui/feedback';
import { plural } from '@/ui/words';
import { parseDiff, type DiffFile } from './diff';
import { Row } from './diff-row';
import { rowsOf } from './diff-rows';
import { FileTree } from './file-tree';

const LINE_PX = 18;

/** What an attempt changed, file by file; only the lines in sight are drawn. */
export function DiffView({ attemptId }: { readonly attemptId: string }) {
  const diff = useRead('GET /api/v1/attempts/{id}/diff', { id: attemptId });
  if (diff.error?.code === 'no_diff')
    return (
      <Empty drawing="graph" title="There is no commit to compare">
        {diff.error.problem.hint}
      </Empty>
    );
  return <Loaded query={diff}>{(data) => <Files diff={data.diff} isTruncated={data.truncated} />}</Loaded>;
}

function Files({ diff, isTruncated }: { readonly diff: string; readonly isTruncated: boolean }) {
  const files = useMemo(() => parseDiff(diff), [diff]);
  const [isSplit, setSplit] = useState(false);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(files, { isSplit, folded }), [files, isSplit, folded]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
  });
  const top = list.scrollOffset ?? 0;
  const first = list.getVirtualItems().find(({ end }) => end > top + 1);
  const current = rows[first?.index ?? 0]?.file;
  const show = (file: DiffFile | undefined) => {
    const at = rows.findIndex((row) => row.kind === 'head' && row.file === file);
    if (at >= 0) list.scrollToIndex(at, { align: 'start' });
  };
  const step = (by: number) => show(files[files.findIndex((file) => file === current) + by]);
  useKeys({ ']': () => step(1), '[': () => step(-1) });
  const fold = ({ path }: DiffFile) =>
    setFolded((old) =>
      old.has(path) ? new Set([...old].filter((each) => each !== path)) : new Set([...old, path]),
    );
  const sum = (field: 'additions' | 'deletions') => files.reduce((total, file) => total + file[field], 0);
  if (files.length === 0)
    return <Empty title="Nothing changed">The attempt ended without a change to the repository.</Empty>;
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-1.5 text-12 text-dim">
        <span className="shrink-0">
          {plural(files.length, 'file')} <span className="text-good">+{sum('additions')}</span>{' '}
          <span className="text-bad">−{sum('deletions')}</span>
        </span>
        <span className="min-w-0 flex-1 truncate text-right font-mono" title={current?.path}>
          {current?.path}
        </span>
        <IconButton label="File before" onClick={() => step(-1)} disabled={current === files[0]}>
          <ChevronUp aria-hidden />
        </IconButton>
        <IconButton label="Next file" onClick={() => step(1)} disabled={current === files.at(-1)}>
          <ChevronDown aria-hidden />
        </IconButton>
        <button
          type="button"
          aria-pressed={isSplit}
          onClick={() => setSplit(!isSplit)}
          className="flex shrink-0 items-center gap-1.5 rounded-control px-2 py-1 hover:bg-raised hover:text-ink"
        >
          {isSplit ? <Rows2 aria-hidden className="size-4" /> : <Columns2 aria-hidden className="size-4" />}
          <span className="max-sm:sr-only">{isSplit ? 'One column' : 'Side by side'}</span>
        </button>
      </div>
      {isTruncated && (
        <p className="shrink-0 bg-wait-quiet px-4 py-2 text-wait">
          The change is longer than is shown here; the whole is in the commit.
        </p>
      )}
      <div className="flex min-h-0 flex-1">
        {files.length > 1 && (
          <div className="hidden w-56 shrink-0 overflow-y-auto border-r border-line md:block">
            <FileTree files={files} current={current?.path} onChoose={show} />
          </div>
        )}
        <div
          ref={scroller}
          tabIndex={0}
          role="region"
          aria-label="Lines"
          className="min-w-0 flex-1 overflow-auto px-4 pb-4"
        >
          <div className="relative" style={{ height: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              return (
                row && (
                  <div
                    key={index}
                    ref={list.measureElement}
                    data-index={index}
                    style={{ transform: `translateY(${start}px)` }}
                    className="absolute inset-x-0 top-0"
                  >
                    <Row row={row} isFolded={folded.has(row.file.path)} onFold={() => fold(row.file)} />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
