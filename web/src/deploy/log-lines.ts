import type { LogLine } from '@aether/contracts/deployer';

export type Lines = readonly LogLine[];
type Levels = ReadonlySet<LogLine['level']>;

/** What is worked out from each piece of a log, once: pieces never change. */
function oncePerPiece<R>(work: (lines: Lines) => R): (lines: Lines) => R {
  const known = new WeakMap<Lines, R>();
  return (lines) => {
    const result = known.get(lines) ?? work(lines);
    known.set(lines, result);
    return result;
  };
}

export const withoutLevels = (hidden: Levels) =>
  hidden.size === 0
    ? (lines: Lines) => lines
    : oncePerPiece((lines) => lines.filter(({ level }) => !hidden.has(level)));

/** Places in a piece of the lines that have these words; none without words. */
export const placesOf = (words: string) =>
  words === ''
    ? () => []
    : oncePerPiece((lines) =>
        lines.flatMap(({ text }, at) => (text.toLowerCase().includes(words) ? [at] : [])),
      );

/** Places in the whole log, of places in its pieces. */
export function placesInAll(pieces: readonly Lines[], places: (lines: Lines) => readonly number[]): number[] {
  let before = 0;
  const all: number[] = [];
  for (const lines of pieces) {
    for (const at of places(lines)) all.push(before + at);
    before += lines.length;
  }
  return all;
}

export const written = (lines: Lines): string =>
  lines.map(({ at, level, text }) => `${at} ${level} ${text}`).join('\n');
