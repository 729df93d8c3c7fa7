'use client';
import type { Deployment, Runtime, Template } from '@aether/contracts/deployer';
import type { ModelEndpoint } from '@aether/contracts/models';
import { Rocket } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Empty, Fault, Loaded, issueOf } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';
import { SettingsFields } from './settings-fields';
import { settingsOf, settingsText } from './settings-form';
import { TemplateGallery } from './template-gallery';

export function NewDeployment() {
  const may = useMay();
  return (
    <Page title="Deploy an agent" crumbs={[{ label: 'Deployments', href: '/deployments/' }]}>
      <Body narrow>
        {may('deployments:write') ? (
          <DeployForm />
        ) : (
          <Empty drawing="lock" title="This is not open to you">
            Deploying takes the permission deployments:write. Ask an administrator.
          </Empty>
        )}
      </Body>
    </Page>
  );
}

/** Chooses a template and what else a deployment needs, begins it, and goes to it unless `onBegun` does something else. */
export function DeployForm({ onBegun }: { readonly onBegun?: (deployment: Deployment) => void }) {
  const templates = useRead('GET /api/v1/templates', {});
  const models = useRead('GET /api/v1/models', {});
  const deployments = useRead('GET /api/v1/deployments', { limit: 200 });
  return (
    <Loaded query={templates}>
      {({ items }) => (
        <Loaded query={deployments}>
          {(page) => (
            <Form
              templates={items}
              models={models.data}
              taken={namesOf(page.items)}
              {...(onBegun && { onBegun })}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

const namesOf = (deployments: readonly Deployment[]) =>
  deployments.filter(({ state }) => state !== 'deleted').map(({ name }) => name);

/** `coding`, or `coding-2` where that is taken. */
function freeName(base: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

interface FormProps {
  readonly templates: readonly Template[];
  readonly models: ModelEndpoint | undefined;
  readonly taken: readonly string[];
  readonly onBegun?: (deployment: Deployment) => void;
}

function Form({ templates, models, taken, onBegun }: FormProps) {
  const router = useRouter();
  const [template, setTemplate] = useState(templates[0]?.id ?? '');
  const [typedName, setName] = useState<string | null>(null);
  const [model, setModel] = useState('');
  const [runtime, setRuntime] = useState<Runtime>('process');
  const [settings, setSettings] = useState(settingsText(undefined));
  const create = useChange('POST /api/v1/deployments', {
    refresh: ['GET /api/v1/deployments'],
    onDone: onBegun ?? (({ id }) => router.push(`/deployments/${id}/`)),
  });
  const name = typedName ?? freeName(template, taken);
  const chosen = templates.find(({ id }) => id === template);
  const given = runtime === 'docker' ? settingsOf(settings) : undefined;
  return (
    <form
      className="space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({
          name,
          template,
          runtime,
          ...(model && { model }),
          ...(given && { settings: given }),
        });
      }}
    >
      <TemplateGallery templates={templates} value={template} onChange={setTemplate} />
      <Card>
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label="Name"
            required
            pattern="[a-z0-9](?:[a-z0-9\-]{0,46}[a-z0-9])?"
            title="1 to 48 lower-case letters, digits and dashes, no dash at either end"
            value={name}
            onChange={(event) => setName(event.target.value)}
            fault={taken.includes(name) ? 'Another deployment has this name.' : issueOf(create.error, 'name')}
          />
          <SelectField
            label="Model"
            value={model}
            onChange={(event) => setModel(event.target.value)}
            fault={issueOf(create.error, 'model')}
          >
            <option value="">
              {models ? `Whatever is the default (${models.answering} now)` : 'The default one'}
            </option>
            {models?.models
              .filter(({ id }) => id !== models.defaultModel)
              .map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
          </SelectField>
          <SelectField
            label="Where to run"
            value={runtime}
            onChange={(event) => setRuntime(event.target.value as Runtime)}
          >
            <option value="process">Process of this machine</option>
            <option value="docker">Docker container</option>
          </SelectField>
        </div>
        {runtime === 'docker' && (
          <details className="mt-5">
            <summary className="cursor-pointer font-medium">Container</summary>
            <div className="mt-4">
              <SettingsFields value={settings} onChange={setSettings} error={create.error} />
            </div>
          </details>
        )}
        {models?.demo && (
          <p className="mt-4 text-12 text-dim">
            No provider is set up: agents use the built-in demo model, which follows simple instructions and
            needs no key.
          </p>
        )}
      </Card>
      <Fault error={create.error} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-12 text-dim">
          {chosen && `Needs about ${chosen.memoryMb} MB of memory; the first step checks that it is free.`}
        </p>
        <Button type="submit" look="primary" size="large" busy={create.isPending} disabled={!chosen}>
          <Rocket aria-hidden /> Deploy {name}
        </Button>
      </div>
    </form>
  );
}
