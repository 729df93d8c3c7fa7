'use client';
import { useSyncExternalStore } from 'react';
import { duration, exact, relative } from './words';

const watchers = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  clock ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, 1_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** The time of now, once a second, one clock for the whole page. */
export const useNow = (): number =>
  useSyncExternalStore(
    watch,
    () => now,
    () => now,
  );

/** How long ago, the exact time on hover. */
export function Ago({ at, className }: { readonly at: string; readonly className?: string }) {
  const current = useNow();
  return (
    <time dateTime={at} title={exact(at)} className={className} suppressHydrationWarning>
      {relative(at, current)}
    </time>
  );
}

/** Time from one instant to another, or until now. */
export function Elapsed({ from, to }: { readonly from: string; readonly to?: string | null }) {
  const current = useNow();
  return <span>{duration(Math.max(0, (to ? Date.parse(to) : current) - Date.parse(from)))}</span>;
}
