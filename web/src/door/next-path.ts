/** Where to go after sign-in. Only a path of this console: an address from outside is not followed. */
export function nextPath(): string {
  const next = new URLSearchParams(window.location.search).get('next') ?? '/';
  const url = new URL(next, window.location.origin);
  return url.origin === window.location.origin && !url.pathname.startsWith('/sign-in')
    ? url.pathname + url.search
    : '/';
}
