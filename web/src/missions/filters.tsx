'use client';
import type { Mission, MissionState, Priority } from '@aether/contracts/mission-schemas';
import { X } from 'lucide-react';
import { classes } from '@/ui/classes';
import { wordOf } from '@/ui/state';
import { sentence } from '@/ui/words';
import { columns } from './columns';

export interface Filter {
  readonly state: string;
  readonly priority: string;
  readonly label: string;
}

const states: readonly MissionState[] = columns.flatMap((column) => column.states);
// Written out: the lists of the schemas would bring their library along.
const priorities: readonly Priority[] = ['urgent', 'high', 'normal', 'low'];

export const noFilter: Filter = { state: '', priority: '', label: '' };

/** What a list of missions is narrowed by, as the API takes it. */
export interface Narrow {
  readonly search?: string;
  readonly state?: MissionState;
  readonly priority?: Priority;
  readonly label?: string;
}

export const asked = ({ state, priority, label }: Filter): Narrow => ({
  ...(state && { state: state as MissionState }),
  ...(priority && { priority: priority as Priority }),
  ...(label && { label }),
});

/** What is shown of all missions, as chips that are chosen and taken away again. */
export function Filters({
  filter,
  missions,
  onChange,
}: {
  readonly filter: Filter;
  /** Their labels are offered. */
  readonly missions: readonly Mission[];
  readonly onChange: (filter: Filter) => void;
}) {
  const labels = [...new Set([...missions.flatMap((mission) => mission.labels), filter.label])]
    .filter(Boolean)
    .sort();
  const set = (name: keyof Filter) => (value: string) => onChange({ ...filter, [name]: value });
  return (
    <div
      role="group"
      aria-label="Filters"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line bg-surface px-4 py-2 md:px-6"
    >
      <Chip name="State" value={filter.state} onChange={set('state')} word={wordOf} values={states} />
      <Chip
        name="Priority"
        value={filter.priority}
        onChange={set('priority')}
        word={sentence}
        values={priorities}
      />
      {labels.length > 0 && (
        <Chip
          name="Label"
          value={filter.label}
          onChange={set('label')}
          word={(label) => label}
          values={labels}
        />
      )}
    </div>
  );
}

function Chip({
  name,
  value,
  values,
  word,
  onChange,
}: {
  readonly name: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly word: (value: string) => string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <span
      className={classes(
        'inline-flex h-7 items-center rounded-full border text-12',
        value ? 'border-accent bg-accent-quiet text-accent' : 'border-line text-dim hover:border-line-strong',
      )}
    >
      <select
        aria-label={name}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-full rounded-full bg-transparent pr-2 pl-2.5"
      >
        <option value="">{name}: any</option>
        {values.map((each) => (
          <option key={each} value={each}>
            {name}: {word(each)}
          </option>
        ))}
      </select>
      {value && (
        <button
          type="button"
          aria-label={`${name}: any again`}
          onClick={() => onChange('')}
          className="flex size-6 items-center justify-center rounded-full hover:text-ink"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  );
}
