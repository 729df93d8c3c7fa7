'use client';
import { useEffect, useRef } from 'react';
import { isTyping } from './keys';

/** What lies above a panel, and closes before it. */
const ABOVE = '[role=dialog], [role=alertdialog], [role=menu]';

/** Closes a panel by Escape; from a text that somebody has begun in it, Escape only goes away. */
export function useEscape(close: () => void) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || document.querySelector(ABOVE)) return;
      const field = isTyping(event) ? (event.target as HTMLInputElement) : null;
      if (field && !panel.current?.contains(field)) return;
      if (field?.value) field.blur();
      else close();
    };
    // Before anybody else hears of it, who would have closed by then.
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, [close]);
  return panel;
}
