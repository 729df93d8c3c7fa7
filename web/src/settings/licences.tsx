'use client';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { classes } from '@/ui/classes';
import { SearchField } from '@/ui/search-field';
import { plural } from '@/ui/words';
import { Part } from './part';
import type { Build, Licensed } from './use-build';

/** What others made and the console is built from, each with the text of its licence. */
export function Licences({ build: { packages, texts } }: { readonly build: Build }) {
  const [typed, setTyped] = useState('');
  const words = typed.trim().toLowerCase();
  const found = packages.filter(({ name, licence }) => `${name} ${licence}`.toLowerCase().includes(words));
  return (
    <Part
      title="Licences of others"
      lead={`The console is built from ${plural(packages.length, 'package')}, fonts among them.`}
      flush
    >
      <SearchField
        label="Filter by name or licence"
        placeholder="Name or licence"
        value={typed}
        onWords={setTyped}
        className="m-3"
      />
      <p role="status" className="sr-only">
        {words && plural(found.length, 'package')}
      </p>
      {found.length === 0 ? (
        <p className="px-4 pt-2 pb-6 text-center text-dim">No package has this name or licence</p>
      ) : (
        <ul
          aria-label="Licences of others"
          className="max-h-[28rem] divide-y divide-line overflow-y-auto border-t border-line"
        >
          {found.map((each) => (
            <Row
              key={`${each.name}@${each.version}`}
              licensed={each}
              text={each.text === null ? undefined : texts[each.text]}
            />
          ))}
        </ul>
      )}
    </Part>
  );
}

function Row({ licensed, text }: { readonly licensed: Licensed; readonly text: string | undefined }) {
  const { name, version, licence } = licensed;
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className="flex cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-raised">
          <ChevronRight
            aria-hidden
            className={classes(
              'size-4 shrink-0 text-faint transition-transform duration-150',
              isOpen && 'rotate-90',
            )}
          />
          <span className="min-w-0 flex-1 basis-48 break-words">
            {name} <span className="text-12 text-dim">{version}</span>
          </span>
          <span className="text-12 text-dim">{licence}</span>
        </summary>
        {isOpen && <LicenceText text={text ?? 'The package brings no text of its licence.'} />}
      </details>
    </li>
  );
}

export function LicenceText({ text }: { readonly text: string }) {
  return (
    <pre className="rounded-b-card bg-canvas px-4 py-3 font-mono text-12 break-words whitespace-pre-wrap text-dim">
      {text}
    </pre>
  );
}
