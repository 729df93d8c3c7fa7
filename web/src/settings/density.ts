'use client';
import { useSyncExternalStore } from 'react';

export type Density = 'usual' | 'compact';

/** The script that runs before the first paint reads the same key. */
const KEY = 'aether-density';
const watchers = new Set<() => void>();

/** Keeps the choice in this browser. */
export function chooseDensity(density: Density): void {
  localStorage.setItem(KEY, density);
  document.documentElement.dataset.density = density;
  for (const watcher of watchers) watcher();
}

export const useDensity = (): Density =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => (localStorage.getItem(KEY) === 'compact' ? 'compact' : 'usual'),
    () => 'usual',
  );
