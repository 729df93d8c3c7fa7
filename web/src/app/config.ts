/**
 * What only a development build has. Each is compared with the mode of the build in the place where it is used, so that
 * the other builds have nothing of it, not even its name (web/test/export.test.ts).
 */
declare global {
  interface Window {
    /** Shows screens to nobody in particular: without a session they stay, and say what they may not read. */
    __AETHER_SKIP_AUTH__?: boolean;
    /** Goes to a screen without loading the page anew. */
    __AETHER_NAV__?: (path: string) => void;
  }
}

export const skipsAuth = (): boolean =>
  process.env.NODE_ENV === 'development' && window.__AETHER_SKIP_AUTH__ === true;

export function offerNavigation(go: (path: string) => void): void {
  if (process.env.NODE_ENV === 'development') window.__AETHER_NAV__ = go;
}

/** Keeps the console's files for when Aether is away; development builds change too often for that. */
export function keepFiles(): void {
  if (process.env.NODE_ENV === 'production' && 'serviceWorker' in navigator)
    void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
