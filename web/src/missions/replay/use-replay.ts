'use client';
import { useEffect, useState } from 'react';

/** However long a mission took, it is played again in this time. */
const PLAYED_MS = 20_000;

export interface Replay {
  /** The moment that is shown; null is now. */
  readonly at: number | null;
  readonly isPlaying: boolean;
  readonly show: (at: number | null) => void;
  readonly toggle: () => void;
}

/** Where in the time of a mission one is, and the clock that goes on from there. */
export function useReplay({ begin, end }: { readonly begin: number; readonly end: number }): Replay {
  const [at, setAt] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const step = Math.max(1, end - begin) / PLAYED_MS;
  useEffect(() => {
    if (!isPlaying) return;
    let before = performance.now();
    let picture = requestAnimationFrame(function play(now) {
      const moved = (now - before) * step;
      before = now;
      setAt((old) => Math.min(end, (old ?? begin) + moved));
      picture = requestAnimationFrame(play);
    });
    return () => cancelAnimationFrame(picture);
  }, [isPlaying, step, begin, end]);
  const isOver = at !== null && at >= end;
  useEffect(() => {
    if (isOver) setPlaying(false);
  }, [isOver]);
  return {
    at,
    isPlaying: isPlaying && !isOver,
    show: (moment) => {
      setPlaying(false);
      setAt(moment);
    },
    toggle: () => {
      if (!isPlaying && (at === null || isOver)) setAt(begin);
      setPlaying(!isPlaying);
    },
  };
}
