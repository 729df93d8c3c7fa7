'use client';
import type { Deployment, Template } from '@aether/contracts/deployer';
import type { Preset } from '@aether/contracts/presets';
import { Rocket } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Fault, Loaded, issueOf } from '@/ui/feedback';
import { CheckField, TextField } from '@/ui/field';
import { megabytes } from '@/ui/words';
import { presetKey, templateKey } from './choice';
import { HowFields, howOf, usualHow } from './how-fields';
import { NameField } from './name-field';
import { TemplateGallery } from './template-gallery';

/** Chooses what to deploy and how many, begins it, and goes to it unless `onBegun` does something else. */
export function DeployForm({ onBegun }: { readonly onBegun?: () => void }) {
  const templates = useRead('GET /api/v1/templates', {});
  const presets = useRead('GET /api/v1/presets', { limit: 200 });
  const deployments = useRead('GET /api/v1/deployments', { limit: 200 });
  return (
    <Loaded query={templates}>
      {({ items }) => (
        <Loaded query={presets}>
          {(kept) => (
            <Loaded query={deployments}>
              {(page) => (
                <Form
                  templates={items}
                  presets={kept.items}
                  taken={namesOf(page.items)}
                  {...(onBegun && { onBegun })}
                />
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

const namesOf = (deployments: readonly Deployment[]) =>
  deployments.filter(({ state }) => state !== 'deleted').map(({ name }) => name);

/** What the deployer calls several of one name. */
const namesFor = (base: string, count: number) =>
  count > 1 ? Array.from({ length: count }, (_, index) => `${base}-${index + 1}`) : [base];

/** `coding`, or `coding-2` where that is taken. */
function freeName(base: string, taken: readonly string[], count: number): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!namesFor(name, count).some((each) => taken.includes(each))) return name;
  }
}

interface FormProps {
  readonly templates: readonly Template[];
  readonly presets: readonly Preset[];
  readonly taken: readonly string[];
  readonly onBegun?: () => void;
}

const COUNT_MAX = 50;

function Form({ templates, presets, taken, onBegun }: FormProps) {
  const router = useRouter();
  const [chosen, choose] = useState(templates[0] && templateKey(templates[0]));
  const [typedName, setName] = useState<string | null>(null);
  const [count, setCount] = useState(1);
  const [how, setHow] = useState(usualHow);
  const [isPrivate, setPrivate] = useState(false);
  const create = useChange('POST /api/v1/deployment-batches', {
    refresh: ['GET /api/v1/deployments'],
    onDone: ({ items: [first, second] }) => {
      if (onBegun) onBegun();
      else router.push(first && !second ? `/deployments/${first.id}/` : '/deployments/');
    },
  });
  const preset = presets.find((each) => presetKey(each) === chosen);
  const template = templates.find((each) =>
    preset ? each.id === preset.template : templateKey(each) === chosen,
  );
  const name = typedName ?? freeName(preset?.name ?? template?.id ?? '', taken, count);
  const clash = namesFor(name, count).find((each) => taken.includes(each));
  return (
    <form
      className="space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        const asked = { name, count, visibility: isPrivate ? ('private' as const) : ('open' as const) };
        if (preset) create.mutate({ ...asked, preset: preset.id });
        else if (template) create.mutate({ ...asked, template: template.id, ...howOf(how) });
      }}
    >
      <TemplateGallery templates={templates} presets={presets} value={chosen ?? ''} onChange={choose} />
      <Card>
        <div className="grid gap-4 sm:grid-cols-4">
          <div className="sm:col-span-3">
            <NameField
              value={name}
              onName={setName}
              fault={clash ? `Another deployment is called ${clash}.` : issueOf(create.error, 'name')}
              hint={count > 1 && `They are called ${name}-1 to ${name}-${count}.`}
            />
          </div>
          <TextField
            label="How many"
            type="number"
            required
            min={1}
            max={COUNT_MAX}
            value={count}
            onChange={({ target }) => setCount(Math.min(COUNT_MAX, Math.max(1, target.valueAsNumber || 1)))}
            fault={issueOf(create.error, 'count')}
          />
        </div>
        {!preset && (
          <div className="mt-4">
            <HowFields value={how} onChange={setHow} error={create.error} usual={template?.models ?? []} />
          </div>
        )}
        <div className="mt-4">
          <CheckField
            label="For you alone"
            hint={`Only you and administrators see ${count > 1 ? 'them' : 'it'}; no tasks of missions are given to it.`}
            checked={isPrivate}
            onChange={(event) => setPrivate(event.target.checked)}
          />
        </div>
      </Card>
      <Fault error={create.error} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-12 text-dim">
          {template &&
            `Needs about ${megabytes(template.memoryMb * count)} of memory; the first step checks that it is free.`}
        </p>
        <Button type="submit" look="primary" size="large" busy={create.isPending} disabled={!template}>
          <Rocket aria-hidden /> Deploy {count > 1 ? `${count} agents` : name}
        </Button>
      </div>
    </form>
  );
}
