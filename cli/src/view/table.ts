import Table from 'cli-table3';
import type { Terminal } from '../terminal.js';

const nothing = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((place) => [place, '']),
);

/** Columns without lines, so that they can be read and cut alike. */
export function printTable(terminal: Terminal, head: readonly string[], rows: readonly string[][]): void {
  const table = new Table({
    head: head.map((text) => terminal.colours.dim(text)),
    chars: { ...nothing, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...rows);
  for (const line of table.toString().split('\n')) terminal.line(line.trimEnd());
}
