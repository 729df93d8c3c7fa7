'use client';
import type { RouteInput } from '@aether/contracts/routes';
import { Bot, Code, LifeBuoy, Telescope, type LucideIcon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { Body, Page } from '@/frame/page';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { classes } from '@/ui/classes';
import { Fault, issueOf, Loaded, Skeleton } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';
import { Tag } from '@/ui/state';
import { bytes } from '@/ui/words';

const icons: Readonly<Record<string, LucideIcon>> = { coding: Code, research: Telescope, support: LifeBuoy };

/** `coder`, then `coder-2`: a name nobody has. */
function freeName(base: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

export function NewDeployment() {
  return (
    <Page title="Deploy an agent" crumbs={[{ label: 'Deployments', href: '/deployments/' }]}>
      <Body narrow>
        <DeployForm />
      </Body>
    </Page>
  );
}

export function DeployForm() {
  const router = useRouter();
  const templates = useRead('GET /api/v1/templates', {});
  const models = useRead('GET /api/v1/models', {});
  const deployments = useReadPages('GET /api/v1/deployments', { limit: 200 });
  const [chosen, setChosen] = useState('general');
  const [typed, setTyped] = useState<string | null>(null);
  const [runtime, setRuntime] = useState<'process' | 'docker'>('process');
  const [model, setModel] = useState('');
  const [limits, setLimits] = useState({ image: '', memoryMb: '', cpus: '' });
  const deploy = useChange('POST /api/v1/deployments', {
    refresh: ['GET /api/v1/deployments'],
    onDone: ({ id }) => router.push(`/deployments/${id}/`),
  });
  const taken = new Set(deployments.items.filter(({ state }) => state !== 'deleted').map(({ name }) => name));
  const name = typed ?? freeName(chosen, taken);
  const template = templates.data?.items.find(({ id }) => id === chosen);
  const settings = {
    ...(limits.image && { image: limits.image }),
    ...(limits.memoryMb && { memoryMb: Number(limits.memoryMb) }),
    ...(limits.cpus && { cpus: Number(limits.cpus) }),
  };
  const input: RouteInput<'POST /api/v1/deployments'> = {
    name,
    template: chosen,
    runtime,
    ...(model && { model }),
    ...(runtime === 'docker' && Object.keys(settings).length > 0 && { settings }),
  };
  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        deploy.mutate(input);
      }}
    >
      <fieldset>
        <legend className="mb-2 text-13 font-semibold">What should it be good at?</legend>
        <Loaded query={templates} skeleton={<Skeleton rows={2} height={110} />}>
          {({ items }) => (
            <div className="grid gap-3 sm:grid-cols-2">
              {items.map(({ id, name: title, summary, capabilities, memoryMb }) => {
                const Icon = icons[id] ?? Bot;
                return (
                  <label
                    key={id}
                    className={classes(
                      'flex cursor-pointer gap-3 rounded-card border bg-surface p-4 transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
                      id === chosen ? 'border-accent bg-accent-quiet' : 'border-line hover:border-line-strong',
                    )}
                  >
                    <input type="radio" name="template" value={id} checked={id === chosen} onChange={() => setChosen(id)} className="sr-only" />
                    <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" strokeWidth={1.75} />
                    <span className="min-w-0">
                      <span className="block font-semibold">{title}</span>
                      <span className="mt-0.5 block text-12 text-dim">{summary}</span>
                      <span className="mt-2 flex flex-wrap gap-1">
                        {capabilities.map((each) => (
                          <Tag key={each}>{each}</Tag>
                        ))}
                        <Tag>{bytes(memoryMb * 1_000_000)}</Tag>
                      </span>
                    </span>
                  </label>
                );
              })}
            </div>
          )}
        </Loaded>
      </fieldset>
      <Card>
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label="Name"
            required
            pattern="[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?"
            title="Lower-case letters, digits and dashes"
            value={name}
            onChange={(event) => setTyped(event.target.value)}
            fault={taken.has(name) ? 'Another deployment has this name.' : issueOf(deploy.error, 'name')}
          />
          <SelectField label="Model" value={model} onChange={(event) => setModel(event.target.value)}>
            <option value="">{models.data ? `${models.data.defaultModel} (usual)` : 'The usual one'}</option>
            {models.data?.models
              .filter(({ id }) => id !== models.data.defaultModel)
              .map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
          </SelectField>
          <SelectField label="Where it runs" value={runtime} onChange={(event) => setRuntime(event.target.value === 'docker' ? 'docker' : 'process')}>
            <option value="process">A process of this machine</option>
            <option value="docker">A container</option>
          </SelectField>
        </div>
        {runtime === 'docker' && (
          <details className="mt-4">
            <summary className="cursor-pointer text-dim select-none hover:text-ink">Image and limits</summary>
            <div className="mt-3 grid gap-4 sm:grid-cols-3">
              <TextField label="Image" optional value={limits.image} onChange={(event) => setLimits({ ...limits, image: event.target.value })} fault={issueOf(deploy.error, 'settings.image')} />
              <TextField label="Memory, MB" optional inputMode="numeric" value={limits.memoryMb} onChange={(event) => setLimits({ ...limits, memoryMb: event.target.value })} fault={issueOf(deploy.error, 'settings.memoryMb')} />
              <TextField label="Processors" optional inputMode="decimal" value={limits.cpus} onChange={(event) => setLimits({ ...limits, cpus: event.target.value })} fault={issueOf(deploy.error, 'settings.cpus')} />
            </div>
          </details>
        )}
      </Card>
      {models.data?.demo && (
        <p className="text-12 text-dim">
          No model provider is set up: the demo model answers. It is deterministic, writes files and runs commands as it is told, and is not a language model.
        </p>
      )}
      <Fault error={deploy.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" size="large" busy={deploy.isPending} disabled={!template || taken.has(name)}>
          Deploy
        </Button>
        {template && <span className="text-dim">Needs about {bytes(template.memoryMb * 1_000_000)} of memory.</span>}
      </div>
    </form>
  );
}
