'use client';
import { ChevronDown, Columns2, FileDiff, FileMinus, FilePlus, Rows2 } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useRead } from '@/api/queries';
import { classes } from '@/ui/classes';
import { Empty, Loaded } from '@/ui/feedback';
import { plural } from '@/ui/words';
import { parseDiff, sideBySide, type DiffFile, type DiffLine } from './diff';

const fills = {
  same: '',
  added: 'bg-good-quiet',
  removed: 'bg-bad-quiet',
  hunk: 'bg-info-quiet text-info',
} as const;
const signs = { same: ' ', added: '+', removed: '-', hunk: '' } as const;
/** Longer files are folded at first. */
const LONG = 400;

/** What an attempt changed, file by file. */
export function DiffView({ attemptId }: { readonly attemptId: string }) {
  const diff = useRead('GET /api/v1/attempts/{id}/diff', { id: attemptId });
  const [isSplit, setSplit] = useState(false);
  if (diff.error?.code === 'no_diff')
    return (
      <Empty drawing="graph" title="There is no commit to compare">
        {diff.error.problem.hint}
      </Empty>
    );
  return (
    <Loaded query={diff}>
      {(data) => <Files diff={data.diff} isTruncated={data.truncated} isSplit={isSplit} onSplit={setSplit} />}
    </Loaded>
  );
}

function Files({
  diff,
  isTruncated,
  isSplit,
  onSplit,
}: {
  readonly diff: string;
  readonly isTruncated: boolean;
  readonly isSplit: boolean;
  readonly onSplit: (isSplit: boolean) => void;
}) {
  const files = useMemo(() => parseDiff(diff), [diff]);
  const sum = (field: 'additions' | 'deletions') => files.reduce((total, file) => total + file[field], 0);
  if (files.length === 0)
    return <Empty title="Nothing changed">The attempt ended without a change to the repository.</Empty>;
  return (
    <div className="space-y-4 p-4">
      <div className="flex items-center gap-3 text-12 text-dim">
        <span>
          {plural(files.length, 'file')} <span className="text-good">+{sum('additions')}</span>{' '}
          <span className="text-bad">−{sum('deletions')}</span>
        </span>
        <button
          type="button"
          aria-pressed={isSplit}
          onClick={() => onSplit(!isSplit)}
          className="ml-auto flex items-center gap-1.5 rounded-control px-2 py-1 hover:bg-raised hover:text-ink"
        >
          {isSplit ? <Rows2 aria-hidden className="size-4" /> : <Columns2 aria-hidden className="size-4" />}
          {isSplit ? 'One column' : 'Side by side'}
        </button>
      </div>
      {isTruncated && (
        <p className="rounded-control bg-wait-quiet px-3 py-2 text-wait">
          The change is longer than is shown here; the whole is in the commit.
        </p>
      )}
      {files.map((file) => (
        <File key={file.path} file={file} isSplit={isSplit} />
      ))}
    </div>
  );
}

const icons = { added: FilePlus, modified: FileDiff, deleted: FileMinus, renamed: FileDiff };

const File = memo(function File({ file, isSplit }: { readonly file: DiffFile; readonly isSplit: boolean }) {
  const [isOpen, setOpen] = useState(file.lines.length <= LONG);
  const Icon = icons[file.status];
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-card border border-line">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-center gap-2 bg-raised px-3 py-1.5 text-left"
      >
        <ChevronDown
          aria-hidden
          className={classes('size-4 text-dim transition-transform', !isOpen && '-rotate-90')}
        />
        <Icon aria-hidden className="size-4 text-dim" />
        <span className="min-w-0 flex-1 truncate font-mono text-12" title={file.path}>
          {file.path}
        </span>
        <span className="text-12 text-dim">{file.status}</span>
        <span className="text-12 text-good">+{file.additions}</span>
        <span className="text-12 text-bad">−{file.deletions}</span>
      </button>
      {isOpen &&
        (file.isBinary ? (
          <p className="p-3 text-dim">A binary file.</p>
        ) : isSplit ? (
          <Split lines={file.lines} />
        ) : (
          <Unified lines={file.lines} />
        ))}
    </section>
  );
});

const numberCell = 'w-10 px-1.5 text-right text-faint select-none';

function Unified({ lines }: { readonly lines: readonly DiffLine[] }) {
  return (
    <div tabIndex={0} role="region" aria-label="Lines" className="overflow-x-auto">
      <table className="w-full border-collapse font-mono text-12">
        <tbody>
          {lines.map((line, at) => (
            <tr key={at} className={fills[line.kind]}>
              <td className={numberCell}>{line.before}</td>
              <td className={numberCell}>{line.after}</td>
              <td className="w-full pr-3 whitespace-pre">
                <span aria-hidden className="mr-1 select-none">
                  {signs[line.kind]}
                </span>
                {line.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Split({ lines }: { readonly lines: readonly DiffLine[] }) {
  return (
    <div tabIndex={0} role="region" aria-label="Lines side by side" className="overflow-x-auto">
      <table className="w-full table-fixed border-collapse font-mono text-12">
        <tbody>
          {sideBySide(lines).map(({ left, right }, at) =>
            left?.kind === 'hunk' ? (
              <tr key={at} className={fills.hunk}>
                <td colSpan={2} className="px-2">
                  {left.text}
                </td>
              </tr>
            ) : (
              <tr key={at} className="align-top">
                <Side line={left} number={left?.before} />
                <Side line={right} number={right?.after} />
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Side({
  line,
  number,
}: {
  readonly line: DiffLine | null;
  readonly number: number | null | undefined;
}) {
  return (
    <td
      className={classes(
        'border-r border-line py-px last:border-r-0',
        line ? fills[line.kind] : 'bg-raised/60',
      )}
    >
      <span className="flex">
        <span className="w-10 shrink-0 px-1.5 text-right text-faint select-none">{number}</span>
        <span className="min-w-0 break-all whitespace-pre-wrap">{line?.text}</span>
      </span>
    </td>
  );
}
