import type { NoticeOwner } from './kinds';
import type { Notice, NoticeKind } from './notice';

/** Up to which place of each owner's events a person was told. */
type Places = Readonly<Partial<Record<NoticeOwner, string>>>;

/** Kinds that somebody does not want, so that a new kind is told until they say so. */
export interface NoticeChoices {
  readonly notInBell: readonly NoticeKind[];
  readonly notByBrowser: readonly NoticeKind[];
  /** Switched on in this browser. */
  readonly isBrowserOn: boolean;
}

const NOTICES = 'aether-notices:';
const PLACES = 'aether-notice-places:';
const CHOICES = 'aether-notice-choices:';

export const noNotices: readonly Notice[] = [];
export const usualChoices: NoticeChoices = { notInBell: [], notByBrowser: [], isBrowserOn: false };
const noPlaces: Places = {};

const watchers = new Set<() => void>();
const parsed = new Map<string, { readonly text: string; readonly value: unknown }>();

/** The same object as long as the text is the same, as React wants it. What cannot be read is as if it were not there. */
function read<T>(key: string, usual: T): T {
  const text = localStorage.getItem(key);
  if (text === null) return usual;
  const known = parsed.get(key);
  if (known?.text === text) return known.value as T;
  try {
    const value = JSON.parse(text) as T;
    parsed.set(key, { text, value });
    return value;
  } catch {
    localStorage.removeItem(key);
    return usual;
  }
}

function write(key: string, value: unknown): void {
  localStorage.setItem(key, JSON.stringify(value));
  for (const watcher of watchers) watcher();
}

/** Tells of changes here and in other tabs. */
export function watchKept(watcher: () => void): () => void {
  watchers.add(watcher);
  window.addEventListener('storage', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', watcher);
  };
}

/** What a person was told, newest first. Kept in this browser, as are the places and the choices. */
export const keptNotices = (person: string) => read(NOTICES + person, noNotices);
export const keepNotices = (person: string, notices: readonly Notice[]) => write(NOTICES + person, notices);

export const keptPlaces = (person: string) => read(PLACES + person, noPlaces);
export const keepPlaces = (person: string, places: Places) =>
  localStorage.setItem(PLACES + person, JSON.stringify({ ...keptPlaces(person), ...places }));

export const noticeChoices = (person: string) => read(CHOICES + person, usualChoices);
export const chooseNotices = (person: string, choices: NoticeChoices) => write(CHOICES + person, choices);

/** What was told does not stay in the browser of somebody who signed out; what comes meanwhile is told when they are back. */
export function forgetNotices(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(NOTICES)) localStorage.removeItem(key);
}
