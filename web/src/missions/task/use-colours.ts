'use client';
import { useEffect, useState } from 'react';
import type { DiffFile, DiffLine } from './diff';
import { highlight, type Token } from './highlight';

export type Colours = ReadonlyMap<DiffLine, readonly Token[]>;

/** Each side of a file is coloured as the text that it is. */
async function colour({ path, lines }: DiffFile): Promise<Colours> {
  const sides = (['before', 'after'] as const).map((side) =>
    lines.filter((line) => line.kind !== 'hunk' && line[side] !== null),
  );
  const coloured = await Promise.all(
    sides.map(async (side) => {
      const tokens = await highlight(path, side.map(({ text }) => text).join('\n'));
      return tokens ? side.map((line, at) => [line, tokens[at] ?? []] as const) : [];
    }),
  );
  return new Map(coloured.flat());
}

const asked = new WeakMap<DiffFile, Promise<Colours>>();
const none: Colours = new Map();

/** Syntax colours of a file's lines, empty until they are there. */
export function useColours(file: DiffFile): Colours {
  const [known, setKnown] = useState<{ readonly file: DiffFile; readonly colours: Colours } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const colours = asked.get(file) ?? colour(file);
    asked.set(file, colours);
    void colours.then((found) => isCurrent && setKnown({ file, colours: found }));
    return () => {
      isCurrent = false;
    };
  }, [file]);
  return known?.file === file ? known.colours : none;
}
