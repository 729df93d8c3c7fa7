const KEY = 'aether.provider-sign-in';

/** What this tab keeps while its person is at the identity provider. */
interface Kept {
  readonly binding: string;
  readonly next: string;
  /** Of the set-up link, where the first account is being made. */
  readonly setupToken?: string;
}

export function keepBinding(kept: Kept): void {
  window.sessionStorage.setItem(KEY, JSON.stringify(kept));
}

/** Gives it once; null where this tab began no sign-in. */
export function takeBinding(): Kept | null {
  const text = window.sessionStorage.getItem(KEY);
  window.sessionStorage.removeItem(KEY);
  return text === null ? null : (JSON.parse(text) as Kept);
}
