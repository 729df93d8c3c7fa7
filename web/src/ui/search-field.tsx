'use client';
import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classes } from './classes';

/** What narrows a list. `/` goes to it. */
export function SearchField({
  label,
  onWords,
  className,
  isSmall = false,
  ...rest
}: Omit<ComponentProps<'input'>, 'type' | 'onChange'> & {
  readonly label: string;
  readonly onWords: (words: string) => void;
  readonly isSmall?: boolean;
}) {
  return (
    <label className={classes('relative block', className)}>
      <span className="sr-only">{label}</span>
      <Search
        aria-hidden
        className={classes(
          'pointer-events-none absolute left-2 size-4 text-faint',
          isSmall ? 'top-1.5' : 'top-2',
        )}
      />
      <input
        {...rest}
        type="search"
        data-filter
        onChange={(event) => onWords(event.target.value)}
        className={classes(
          'w-full rounded-control border border-line bg-canvas pr-2 pl-8 placeholder:text-faint',
          isSmall ? 'h-7' : 'h-8',
        )}
      />
    </label>
  );
}
