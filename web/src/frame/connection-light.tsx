'use client';
import { WifiOff } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useConnectionState } from '@/live/live';
import type { ConnectionState } from '@/live/connection';
import { classes } from '@/ui/classes';
import { ReadOnly, useReadOnly } from '@/ui/read-only';

const looks: Record<ConnectionState, { word: string; dot: string }> = {
  live: { word: 'Live', dot: 'bg-good' },
  connecting: { word: 'Connecting', dot: 'bg-wait' },
  'catching-up': { word: 'Catching up', dot: 'bg-wait' },
  offline: { word: 'Offline', dot: 'bg-bad' },
};

export function ConnectionLight() {
  const state = useConnectionState();
  const { word, dot } = looks[state];
  return (
    <span role="status" className="flex items-center gap-1.5 text-12 text-dim" data-connection={state}>
      <span aria-hidden className={classes('size-1.75 rounded-full', dot)} />
      <span className="hidden sm:inline">{word}</span>
      <span className="sr-only sm:hidden">{word}</span>
    </span>
  );
}

/** A short break heals unseen; after it the page is read-only until the connection is back. */
const UNSEEN_MS = 2_500;

/** Keeps everything below from being changed while the connection stays away. */
export function ConnectionGuard({ children }: { readonly children: ReactNode }) {
  const isAway = useConnectionState() === 'offline';
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isAway) return;
    const timer = setTimeout(() => setLong(true), UNSEEN_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isAway]);
  return <ReadOnly value={isAway && isLong}>{children}</ReadOnly>;
}

/** Tells that the connection stays away. */
export function ConnectionBanner({ children }: { readonly children: ReactNode }) {
  const isReadOnly = useReadOnly();
  return isReadOnly ? (
    <p
      role="alert"
      className="flex items-center gap-2 border-b border-line bg-wait-quiet px-4 py-1.5 text-13 text-wait"
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      The connection is lost. {children}
    </p>
  ) : null;
}
