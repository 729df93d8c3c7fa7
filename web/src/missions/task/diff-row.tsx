'use client';
import { ChevronDown, FileDiff, FileMinus, FilePlus } from 'lucide-react';
import { classes } from '@/ui/classes';
import { Copy } from '@/ui/copy';
import type { DiffFile, DiffLine } from './diff';
import type { DiffRow } from './diff-rows';
import { useColours, type Colours } from './use-colours';

const fills = {
  same: '',
  added: 'bg-good-quiet',
  removed: 'bg-bad-quiet',
  hunk: 'bg-info-quiet text-info',
} as const;
const signs = { same: ' ', added: '+', removed: '−', hunk: '' } as const;
const icons = { added: FilePlus, modified: FileDiff, deleted: FileMinus, renamed: FileDiff };

export function Row({
  row,
  isFolded,
  onFold,
}: {
  readonly row: DiffRow;
  readonly isFolded: boolean;
  readonly onFold: () => void;
}) {
  switch (row.kind) {
    case 'head':
      return <Head file={row.file} isFolded={isFolded} onFold={onFold} />;
    case 'end':
      return <div className="border-t border-line" />;
    case 'note':
      return <p className="border-x border-line px-3 py-2 text-dim">{row.text}</p>;
    default:
      return <Code row={row} />;
  }
}

function Head({
  file,
  isFolded,
  onFold,
}: {
  readonly file: DiffFile;
  readonly isFolded: boolean;
  readonly onFold: () => void;
}) {
  const Icon = icons[file.status];
  return (
    <div className="pt-3">
      <div className="flex items-center gap-2 rounded-t-card border border-line bg-raised pr-1.5">
        <button
          type="button"
          aria-expanded={!isFolded}
          onClick={onFold}
          className="flex min-w-0 flex-1 items-center gap-2 py-1.5 pl-3 text-left"
        >
          <ChevronDown
            aria-hidden
            className={classes('size-4 shrink-0 text-dim transition-transform', isFolded && '-rotate-90')}
          />
          <Icon aria-hidden className="size-4 shrink-0 text-dim" />
          <span className="min-w-0 flex-1 truncate font-mono text-12" title={file.path}>
            {file.path}
          </span>
          <span className="hidden text-12 text-dim sm:block">{file.status}</span>
          <span className="text-12 text-good">+{file.additions}</span>
          <span className="text-12 text-bad">−{file.deletions}</span>
        </button>
        <Copy text={file.path} label="Copy path" />
      </div>
    </div>
  );
}

function Code({ row }: { readonly row: Extract<DiffRow, { kind: 'line' | 'pair' }> }) {
  const colours = useColours(row.file);
  if (row.kind === 'pair')
    return (
      <div className="grid grid-cols-2 border-x border-line font-mono text-12">
        <Side line={row.left} number={row.left?.before} colours={colours} />
        <Side line={row.right} number={row.right?.after} colours={colours} />
      </div>
    );
  const { line } = row;
  return (
    <div className={classes('flex border-x border-line font-mono text-12', fills[line.kind])}>
      <span className={numberCell}>{line.before}</span>
      <span className={numberCell}>{line.after}</span>
      <Sign line={line} />
      <Words line={line} colours={colours} />
    </div>
  );
}

const numberCell = 'w-10 shrink-0 px-1.5 text-right text-dim select-none';

function Side({
  line,
  number,
  colours,
}: {
  readonly line: DiffLine | null;
  readonly number: number | null | undefined;
  readonly colours: Colours;
}) {
  return (
    <div
      className={classes(
        'flex min-w-0 border-r border-line last:border-r-0',
        line ? fills[line.kind] : 'bg-raised/60',
      )}
    >
      <span className={numberCell}>{number}</span>
      {line && <Sign line={line} />}
      {line && <Words line={line} colours={colours} />}
    </div>
  );
}

const Sign = ({ line }: { readonly line: DiffLine }) => (
  <span className="w-4 shrink-0 text-center select-none">{signs[line.kind]}</span>
);

function Words({ line, colours }: { readonly line: DiffLine; readonly colours: Colours }) {
  const tokens = colours.get(line);
  return (
    <span className="min-w-0 flex-1 pr-3 break-all whitespace-pre-wrap">
      {tokens?.length
        ? tokens.map(([text, color], at) => (
            <span key={at} style={{ color }}>
              {text}
            </span>
          ))
        : line.text}
    </span>
  );
}
