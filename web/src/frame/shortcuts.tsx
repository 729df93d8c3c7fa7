'use client';
import type { Permission } from '@aether/contracts/permissions';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useMay } from '@/api/session';
import { Dialog } from '@/ui/dialog';
import { isTyping } from './keys';
import { sections } from './sections';
import { useSide } from './side';

const keys: readonly (readonly [key: string, does: string, needs?: Permission])[] = [
  ['⌘ K or Ctrl K', 'Commands'],
  ['J', 'Jason'],
  ['C', 'New mission', 'missions:write'],
  ['/', 'Search what is shown'],
  ...sections.map(({ label, letter }) => [`G ${letter.toUpperCase()}`, `Go to ${label}`] as const),
  ['A', 'Accept the work that is shown', 'missions:write'],
  ['R', 'Send it back', 'missions:write'],
  ['] and [', 'Next file of a change, and the one before'],
  ['Esc', 'Close what is on top'],
  ['?', 'This list'],
];

const CHORD_MS = 1_200;

/** The keys of the console, and the page that lists them. */
export function Shortcuts() {
  const router = useRouter();
  const may = useMay();
  const { isJasonOpen, setJason, setPalette } = useSide();
  const [isListOpen, setList] = useState(false);
  const chordAt = useRef(0);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && key === 'k') {
        event.preventDefault();
        setPalette(true);
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return;
      const section =
        Date.now() - chordAt.current < CHORD_MS ? sections.find(({ letter }) => letter === key) : undefined;
      chordAt.current = key === 'g' ? Date.now() : 0;
      if (section) {
        // Else the letter would be a key of the screen as well.
        event.preventDefault();
        router.push(section.href);
      } else if (key === 'j') setJason(!isJasonOpen);
      else if (key === 'c' && may('missions:write')) router.push('/missions/new/');
      else if (event.key === '?') setList(true);
      else if (key === '/') {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('input[data-filter]')?.focus();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [router, may, isJasonOpen, setJason, setPalette]);
  return (
    <Dialog open={isListOpen} onClose={() => setList(false)} title="Shortcuts">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        {keys
          .filter(([, , needs]) => !needs || may(needs))
          .map(([key, does]) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="rounded-sm border border-line bg-raised px-1.5 py-0.5 font-mono text-12">
                  {key}
                </kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}
