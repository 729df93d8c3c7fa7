'use client';
import { useEffect, useState } from 'react';

/** The token behind `#token=` of a link; taken out of the address, so that it stays out of the history. */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const given = new URLSearchParams(window.location.hash.slice(1)).get('token');
    if (given) window.history.replaceState(null, '', window.location.pathname);
    setToken((kept) => kept || (given ?? ''));
  }, []);
  return token;
}
