import type { Receipt } from '@aether/contracts/mission-schemas';

export type Change = Receipt['files'][number];

const STATUS: Readonly<Record<string, Change['status']>> = { A: 'added', D: 'deleted' };

/** Reads `diff -z --name-status` and `diff -z --numstat` of the same two commits, without renames. */
export function parseChanges(names: string, counts: string): Change[] {
  const lines = new Map(
    fields(counts).map((field) => {
      const [additions = '', deletions = '', path = ''] = field.split('\t');
      return [path, { additions: count(additions), deletions: count(deletions) }];
    }),
  );
  const told = fields(names);
  return told.flatMap((status, index) => {
    if (index % 2 === 1) return [];
    const path = told[index + 1] ?? '';
    const { additions = null, deletions = null } = lines.get(path) ?? {};
    return [{ path, status: STATUS[status.charAt(0)] ?? 'modified', additions, deletions }];
  });
}

const fields = (text: string) => text.split('\0').filter((field) => field !== '');

/** A dash stands for a binary file. */
const count = (text: string) => (text === '-' ? null : Number(text));
