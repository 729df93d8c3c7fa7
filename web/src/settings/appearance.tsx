'use client';
import { Monitor, Moon, Rows3, Rows4, Sun, type LucideIcon } from 'lucide-react';
import { chooseTheme, useThemeChoice } from '@/frame/theme';
import { classes } from '@/ui/classes';
import { chooseDensity, useDensity } from './density';
import { Part } from './part';

const themes = [
  { id: 'system', label: 'As the system', Icon: Monitor },
  { id: 'light', label: 'Light', Icon: Sun },
  { id: 'dark', label: 'Dark', Icon: Moon },
] as const;
const densities = [
  { id: 'usual', label: 'Usual', Icon: Rows3 },
  { id: 'compact', label: 'Compact', Icon: Rows4 },
] as const;

export function Appearance() {
  return (
    <>
      <Part title="Theme" lead="Kept in this browser.">
        <Choice label="Theme" options={themes} value={useThemeChoice()} onChoose={chooseTheme} />
      </Part>
      <Part title="Density" lead="How much room rows and cards take.">
        <Choice label="Density" options={densities} value={useDensity()} onChoose={chooseDensity} />
      </Part>
    </>
  );
}

function Choice<T extends string>({
  label,
  options,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly label: string; readonly Icon: LucideIcon }[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}) {
  return (
    <fieldset className="flex flex-wrap gap-3">
      <legend className="sr-only">{label}</legend>
      {options.map(({ id, label: text, Icon }) => (
        <label
          key={id}
          className={classes(
            'flex w-32 cursor-pointer flex-col items-center gap-2 rounded-card border p-4 transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
            id === value ? 'border-accent bg-accent-quiet text-accent' : 'border-line hover:bg-raised',
          )}
        >
          <input
            type="radio"
            name={label}
            className="sr-only"
            checked={id === value}
            onChange={() => onChoose(id)}
          />
          <Icon aria-hidden className="size-5" strokeWidth={1.75} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
