'use client';
import type { Template } from '@aether/contracts/deployer';
import { Bot, Code, LifeBuoy, Search, Sparkles, type LucideIcon } from 'lucide-react';
import { classes } from '@/ui/classes';
import { Tag } from '@/ui/state';

const icons: Readonly<Record<string, LucideIcon>> = {
  coding: Code,
  general: Sparkles,
  research: Search,
  support: LifeBuoy,
};

/** Kinds of agents to choose from, as radio buttons in the shape of cards. */
export function TemplateGallery({
  templates,
  value,
  onChange,
}: {
  readonly templates: readonly Template[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-3 text-13 font-medium">What should it be good at?</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {templates.map((template) => {
          const Icon = icons[template.id] ?? Bot;
          const isChosen = template.id === value;
          return (
            <label
              key={template.id}
              className={classes(
                'flex cursor-pointer gap-3 rounded-card border p-4 transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
                isChosen
                  ? 'border-accent bg-accent-quiet'
                  : 'border-line bg-surface hover:border-line-strong',
              )}
            >
              <input
                type="radio"
                name="template"
                value={template.id}
                checked={isChosen}
                onChange={() => onChange(template.id)}
                className="sr-only"
              />
              <span className="flex size-9 shrink-0 items-center justify-center rounded-control bg-raised">
                <Icon aria-hidden className={classes('size-4.5', isChosen ? 'text-accent' : 'text-dim')} />
              </span>
              <span className="min-w-0 space-y-2">
                <span className="block font-medium">{template.name}</span>
                <span className="block text-dim">{template.summary}</span>
                <span className="flex flex-wrap gap-1">
                  {template.capabilities.map((each) => (
                    <Tag key={each}>{each}</Tag>
                  ))}
                  <Tag tone="info">{template.memoryMb} MB</Tag>
                </span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
