const CURSOR = /^(\d{1,15})(?::(\d{1,15}))?$/;

/**
 * True where an entry that came live is already told by a backfill that ended at `backfilled`. Entries of a
 * log (`<seq>`) are told once. Those of a text that grows (`<row>:<offset>`) may be told twice, since what
 * is written at the same offset can also be the row's change of state; only older text of the same row is
 * dropped. Cursors of any other form are never comparable.
 */
export function isTold(cursor: string, backfilled: string): boolean {
  const [, row, offset] = CURSOR.exec(cursor) ?? [];
  const [, lastRow, lastOffset] = CURSOR.exec(backfilled) ?? [];
  if (row === undefined || lastRow === undefined) return false;
  if (offset === undefined && lastOffset === undefined) return Number(row) <= Number(lastRow);
  if (offset === undefined || lastOffset === undefined) return false;
  return row === lastRow && Number(offset) < Number(lastOffset);
}
