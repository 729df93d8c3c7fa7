'use client';
import { usePathname } from 'next/navigation';
import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/**
 * The id in an address such as `/missions/<id>`. One exported page serves every id, so that the router's own
 * parameters always say `_`; undefined until the page is alive in the browser.
 */
export function usePathId(): string | undefined {
  const path = usePathname();
  const isAlive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const id = path.split('/')[2];
  return isAlive && id && id !== '_' ? decodeURIComponent(id) : undefined;
}
