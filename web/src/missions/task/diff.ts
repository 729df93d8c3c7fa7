/** One line of a file's change; numbers count from 1, null on the side that lacks the line. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'hunk';
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface DiffFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  readonly isBinary: boolean;
  readonly additions: number;
  readonly deletions: number;
  readonly lines: readonly DiffLine[];
}

const unquote = (path: string) => path.replace(/^"(.*)"$/, '$1').replace(/^[ab]\//, '');

/** Reads what `git diff` writes. */
export function parseDiff(diff: string): readonly DiffFile[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map(parseFile);
}

function parseFile(part: string): DiffFile {
  const rows = part.replace(/\n$/, '').split('\n');
  const firstHunk = rows.findIndex((row) => row.startsWith('@@'));
  const head = firstHunk < 0 ? rows : rows.slice(0, firstHunk);
  const after = (prefix: string) => head.find((row) => row.startsWith(prefix))?.slice(prefix.length);
  const named = after('+++ ');
  const old = after('--- ');
  const path = unquote(
    after('rename to ') ??
      (named && named !== '/dev/null' ? named : (old ?? rows[0]?.split(' b/').at(-1) ?? '')),
  );
  const lines = firstHunk < 0 ? [] : linesOf(rows.slice(firstHunk));
  return {
    path,
    status: after('rename to ')
      ? 'renamed'
      : after('new file mode') !== undefined
        ? 'added'
        : after('deleted file mode') !== undefined
          ? 'deleted'
          : 'modified',
    isBinary: head.some((row) => row.startsWith('Binary files') || row.startsWith('GIT binary')),
    additions: lines.filter(({ kind }) => kind === 'added').length,
    deletions: lines.filter(({ kind }) => kind === 'removed').length,
    lines,
  };
}

function linesOf(rows: readonly string[]): DiffLine[] {
  let before = 0;
  let after = 0;
  return rows.flatMap((row): DiffLine[] => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/.exec(row);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      return [{ kind: 'hunk', text: row, before: null, after: null }];
    }
    const text = row.slice(1);
    switch (row[0]) {
      case '+':
        return [{ kind: 'added', text, before: null, after: after++ }];
      case '-':
        return [{ kind: 'removed', text, before: before++, after: null }];
      case '\\':
        return [];
      default:
        return [{ kind: 'same', text, before: before++, after: after++ }];
    }
  });
}

export interface SplitRow {
  readonly left: DiffLine | null;
  readonly right: DiffLine | null;
}

/** The same lines side by side: what was removed beside what took its place. */
export function sideBySide(lines: readonly DiffLine[]): readonly SplitRow[] {
  const rows: SplitRow[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      rows.push({ left: removed[at] ?? null, right: added[at] ?? null });
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'removed') {
      if (added.length) flush();
      removed.push(line);
    } else if (line.kind === 'added') added.push(line);
    else {
      flush();
      rows.push({ left: line, right: line });
    }
  }
  flush();
  return rows;
}
