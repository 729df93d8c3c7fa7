'use client';
import type { LogLine } from '@aether/contracts/deployer';
import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { Button, IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Copy } from '@/ui/copy';
import { SearchField } from '@/ui/search-field';

const levels = ['step', 'info', 'warn', 'error'] as const;

export interface LogFilter {
  readonly words: string;
  readonly hidden: ReadonlySet<LogLine['level']>;
  readonly raw: boolean;
}

/** Search, levels, raw lines, copy and download. */
export function LogTools({
  filter,
  onFilter,
  text,
  match,
  matches,
  isSearching,
  onStep,
  isSaving,
  onSave,
}: {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
  /** Of all lines. */
  readonly text: () => Promise<string>;
  readonly match: number;
  readonly matches: number;
  /** Earlier lines are still being read, so that there may be more matches. */
  readonly isSearching: boolean;
  readonly onStep: (by: 1 | -1) => void;
  readonly isSaving: boolean;
  readonly onSave: () => void;
}) {
  const toggle = (level: LogLine['level']) => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(level)) hidden.add(level);
    onFilter({ ...filter, hidden });
  };
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      <SearchField
        label="Search the log"
        isSmall
        value={filter.words}
        onWords={(words) => onFilter({ ...filter, words })}
        onKeyDown={(event) => event.key === 'Enter' && onStep(event.shiftKey ? -1 : 1)}
        placeholder="Search"
        className="w-48"
      />
      {filter.words && (
        <span className="flex items-center text-12 text-dim" aria-live="polite">
          {matches > 0 && `${match + 1} of ${matches}`}
          {matches === 0 && !isSearching && 'Nothing found'}
          {isSearching && <span className="ml-1">{matches > 0 ? 'so far' : 'Searching'}…</span>}
          <IconButton label="Previous match" disabled={matches === 0} onClick={() => onStep(-1)}>
            <ArrowUp aria-hidden />
          </IconButton>
          <IconButton label="Next match" disabled={matches === 0} onClick={() => onStep(1)}>
            <ArrowDown aria-hidden />
          </IconButton>
        </span>
      )}
      <div role="group" aria-label="Levels" className="flex rounded-control border border-line p-0.5">
        {levels.map((level) => (
          <button
            key={level}
            type="button"
            aria-pressed={!filter.hidden.has(level)}
            onClick={() => toggle(level)}
            className={classes(
              'h-6 rounded-sm px-2 text-12',
              filter.hidden.has(level) ? 'text-faint line-through' : 'bg-raised text-ink',
            )}
          >
            {level}
          </button>
        ))}
      </div>
      <label className="flex items-center gap-1.5 text-12" title="With the lines that the noise filter hides">
        <input
          type="checkbox"
          className="accent-accent"
          checked={filter.raw}
          onChange={(event) => onFilter({ ...filter, raw: event.target.checked })}
        />
        Raw
      </label>
      <span className="ml-auto flex gap-2">
        <Copy text={text} />
        <Button size="small" busy={isSaving} onClick={onSave}>
          <Download aria-hidden /> Download
        </Button>
      </span>
    </div>
  );
}
