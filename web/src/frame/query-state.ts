'use client';
import { useCallback, useSyncExternalStore } from 'react';

const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  window.addEventListener('popstate', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('popstate', watcher);
  };
}

/** A choice kept in the address (`?name=value`), so that links lead to it; the usual value leaves no trace. */
export function useQueryState<T extends string>(name: string, usual: T): readonly [T, (value: T) => void] {
  const read = useCallback(
    () => (new URLSearchParams(window.location.search).get(name) as T | null) ?? usual,
    [name, usual],
  );
  const value = useSyncExternalStore(watch, read, () => usual);
  const set = useCallback(
    (next: T) => {
      const url = new URL(window.location.href);
      if (next === usual) url.searchParams.delete(name);
      else url.searchParams.set(name, next);
      window.history.replaceState(window.history.state, '', url);
      for (const watcher of watchers) watcher();
    },
    [name, usual],
  );
  return [value, set];
}
