'use client';
import { X } from 'lucide-react';
import { useId, useState } from 'react';

const MAX = 30;

/** As capabilities are written: `Code review` becomes `code-review`. */
const slugOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '');

/** Words as chips: Enter or a comma adds one, Backspace in the empty field takes the last away. */
export function CapabilityField({
  value,
  onChange,
  known,
  disabled,
}: {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  readonly known: readonly string[];
  readonly disabled: boolean;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const add = () => {
    const slug = slugOf(text);
    if (slug && !value.includes(slug) && value.length < MAX) onChange([...value, slug]);
    setText('');
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-13 font-medium">
        Capabilities
      </label>
      <div className="flex min-h-8 flex-wrap items-center gap-1 rounded-control border border-line-strong/60 bg-surface p-1 focus-within:border-accent">
        {value.map((each) => (
          <span key={each} className="inline-flex h-6 items-center gap-1 rounded-sm bg-raised pl-2 text-12">
            {each}
            {disabled ? (
              <span className="w-1" />
            ) : (
              <button
                type="button"
                aria-label={`Remove ${each}`}
                onClick={() => onChange(value.filter((other) => other !== each))}
                className="flex size-6 items-center justify-center text-dim hover:text-ink"
              >
                <X aria-hidden className="size-3.5" />
              </button>
            )}
          </span>
        ))}
        <input
          id={id}
          list={`${id}-known`}
          disabled={disabled}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault();
              add();
            } else if (event.key === 'Backspace' && text === '') onChange(value.slice(0, -1));
          }}
          placeholder={value.length === 0 ? 'coding, review, …' : ''}
          className="h-6 min-w-24 flex-1 bg-transparent px-1.5 text-13 outline-none placeholder:text-faint"
        />
        <datalist id={`${id}-known`}>
          {known
            .filter((each) => !value.includes(each))
            .map((each) => (
              <option key={each} value={each} />
            ))}
        </datalist>
      </div>
      <p className="text-12 text-dim">Tasks that need a capability go only to agents that have it.</p>
    </div>
  );
}
