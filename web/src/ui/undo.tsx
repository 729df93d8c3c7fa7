'use client';
import { useMutation } from '@tanstack/react-query';
import { Undo2, X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { isTyping } from '@/frame/keys';
import { Button, IconButton } from './button';
import { Fault } from './feedback';

/** Time to read the line and to get there; it stays while somebody is at it. */
const SHOWN_MS = 8_000;

interface Offer {
  readonly number: number;
  readonly said: string;
  /** Null once it was done. */
  readonly undo: (() => unknown) | null;
}

let count = 0;
let present: Offer | null = null;
const watchers = new Set<() => void>();

function show(offer: Omit<Offer, 'number'> | null): void {
  count += 1;
  present = offer && { ...offer, number: count };
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const hide = () => show(null);

/** Whose button goes away stays on the page. */
const leave = () => document.getElementById('content')?.focus({ preventScroll: true });

/** Says what was removed, and takes it back where somebody wants that. It takes the place of the offer before. */
export const offerUndo = (said: string, undo: () => unknown): void => show({ said, undo });

/** The place of the line at the foot of the page. */
export function UndoLine() {
  const offer = useSyncExternalStore(
    watch,
    () => present,
    () => null,
  );
  useEffect(() => hide, []);
  return (
    <div
      role="status"
      // What stands so is told also while a menu or dialog hides the rest of the page.
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex justify-center px-4 md:bottom-6"
    >
      {offer && <Line key={offer.number} offer={offer} />}
    </div>
  );
}

function Line({ offer }: { readonly offer: Offer }) {
  const { said, undo } = offer;
  const [isPointedAt, setPointedAt] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await undo?.();
    },
    // Something else may have been removed meanwhile.
    onSuccess: () => present === offer && show({ said: 'It is back.', undo: null }),
  });
  const mayUndo = undo !== null && !isPending;
  const isHeld = isPointedAt || isFocused || isPending;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(hide, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld, error]);
  useEffect(() => {
    if (!mayUndo) return;
    const listen = (event: KeyboardEvent) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
      if (!isUndo || isTyping(event)) return;
      event.preventDefault();
      mutate();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [mayUndo, mutate]);
  return (
    <div
      onPointerEnter={() => setPointedAt(true)}
      onPointerLeave={() => setPointedAt(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      className="pointer-events-auto max-w-full animate-appear space-y-2 rounded-card border border-line-strong bg-overlay py-1.5 pr-1.5 pl-4 shadow-float"
    >
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 break-words">{said}</p>
        {undo && (
          <Button
            size="small"
            look="quiet"
            busy={isPending}
            title="Ctrl Z or ⌘Z"
            aria-keyshortcuts="Control+Z Meta+Z"
            onClick={() => {
              leave();
              mutate();
            }}
            className="text-accent"
          >
            <Undo2 aria-hidden /> Undo
          </Button>
        )}
        <IconButton
          label="Dismiss"
          onClick={() => {
            leave();
            hide();
          }}
        >
          <X aria-hidden />
        </IconButton>
      </div>
      <Fault error={error} />
    </div>
  );
}
