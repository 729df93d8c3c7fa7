'use client';
import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'aether-theme';
const watchers = new Set<() => void>();

const read = (): ThemeChoice => {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

function apply(): void {
  const choice = read();
  const isDark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = choice === 'system' ? (isDark ? 'dark' : 'light') : choice;
  for (const watcher of watchers) watcher();
}

/** Keeps the choice in this browser. */
export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  apply();
}

function watch(watcher: () => void): () => void {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  watchers.add(watcher);
  media.addEventListener('change', apply);
  return () => {
    watchers.delete(watcher);
    media.removeEventListener('change', apply);
  };
}

export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(watch, read, () => 'system');
