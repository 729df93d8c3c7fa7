'use client';
import { Tabs as Primitive } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab<T extends string> {
  readonly id: T;
  readonly label: ReactNode;
}

/** A line of tabs; what they show is up to the caller. */
export function TabLine<T extends string>({
  tabs,
  value,
  onChange,
  label,
}: {
  readonly tabs: readonly Tab<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly label: string;
}) {
  return (
    <Primitive.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <Primitive.List aria-label={label} className="flex gap-1 overflow-x-auto">
        {tabs.map(({ id, label: text }) => (
          <Primitive.Tab
            key={id}
            value={id}
            className="relative h-9 px-2.5 text-13 whitespace-nowrap text-dim after:absolute after:inset-x-1 after:bottom-0 after:h-0.5 after:rounded-full hover:text-ink data-[active]:text-ink data-[active]:after:bg-accent"
          >
            {text}
          </Primitive.Tab>
        ))}
      </Primitive.List>
    </Primitive.Root>
  );
}
