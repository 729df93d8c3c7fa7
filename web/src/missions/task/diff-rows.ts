import { sideBySide, type DiffFile, type DiffLine, type SplitRow } from './diff';

/** One row of a change as it is shown, so that only those in sight have to be drawn. */
export type DiffRow = { readonly file: DiffFile } & (
  | { readonly kind: 'head' }
  | { readonly kind: 'line'; readonly line: DiffLine }
  | ({ readonly kind: 'pair' } & SplitRow)
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'end' }
);

export function rowsOf(
  files: readonly DiffFile[],
  { isSplit, folded }: { readonly isSplit: boolean; readonly folded: ReadonlySet<string> },
): readonly DiffRow[] {
  return files.flatMap((file): DiffRow[] => [
    { kind: 'head', file },
    ...(folded.has(file.path) ? [] : bodyOf(file, isSplit)),
    { kind: 'end', file },
  ]);
}

function bodyOf(file: DiffFile, isSplit: boolean): DiffRow[] {
  if (file.isBinary) return [{ kind: 'note', file, text: 'A binary file.' }];
  if (file.lines.length === 0) return [{ kind: 'note', file, text: 'Its content is the same.' }];
  if (!isSplit) return file.lines.map((line) => ({ kind: 'line', file, line }));
  return sideBySide(file.lines).map((pair): DiffRow =>
    pair.left?.kind === 'hunk' ? { kind: 'line', file, line: pair.left } : { kind: 'pair', file, ...pair },
  );
}
