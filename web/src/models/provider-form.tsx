'use client';
import type { ModelProvider, ProviderKind } from '@aether/contracts/providers';
import { useState, type ReactNode } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Fault, issueOf } from '@/ui/feedback';
import { SelectField, TextArea, TextField } from '@/ui/field';
import { providerKinds } from './kinds';

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** A provider whose key is tried at the provider before anything is kept. */
export function ProviderForm({
  onDone,
  children,
}: {
  readonly onDone: (provider: ModelProvider) => void;
  /** Stands before the button, such as a way out. */
  readonly children?: ReactNode;
}) {
  const [kind, setKind] = useState<ProviderKind>('openrouter');
  const [typedName, setName] = useState<string | null>(null);
  const [baseUrl, setBaseUrl] = useState('');
  const [key, setKey] = useState('');
  const [models, setModels] = useState('');
  const words = providerKinds.find(({ id }) => id === kind);
  const name = typedName ?? (kind === 'openai-compatible' ? 'local' : kind);
  const create = useChange('POST /api/v1/providers', {
    refresh: ['GET /api/v1/providers', 'GET /api/v1/models', 'GET /api/v1/models/default'],
    onDone,
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({
          kind,
          name,
          ...(baseUrl.trim() && { baseUrl: baseUrl.trim() }),
          ...(key && { key }),
          models: lines(models).map((id) => ({ id })),
        });
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Provider"
          value={kind}
          onChange={(event) => setKind(event.target.value as ProviderKind)}
        >
          {providerKinds.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(create.error, 'name')}
          hint={`Agents ask for ${name || 'name'}/model.`}
        />
      </div>
      <TextField
        label="Base URL"
        optional={!words?.needsUrl}
        required={words?.needsUrl ?? false}
        type="url"
        value={baseUrl}
        onChange={(event) => setBaseUrl(event.target.value)}
        placeholder={words?.needsUrl ? 'http://localhost:11434/v1' : 'the usual one'}
        fault={issueOf(create.error, 'baseUrl')}
        className="font-mono"
      />
      <TextField
        label="Key"
        type="password"
        autoComplete="off"
        required={!words?.needsUrl}
        optional={words?.needsUrl ?? false}
        value={key}
        onChange={(event) => setKey(event.target.value)}
        fault={issueOf(create.error, 'key')}
        hint={`${words?.keys ? `From ${words.keys}.` : 'Ollama, vLLM and the like mostly need none.'} It is kept encrypted and never shown again.`}
      />
      <TextArea
        label="Models"
        required
        rows={2}
        value={models}
        onChange={(event) => setModels(event.target.value)}
        placeholder={words?.exampleModel}
        fault={issueOf(create.error, 'models')}
        hint="One a line, as the provider names them; more can be chosen from its list later. The first is tried now."
        className="font-mono"
      />
      <Fault error={create.error} />
      <div className="flex flex-wrap justify-end gap-2">
        {children}
        <Button type="submit" look="primary" busy={create.isPending}>
          Try and save
        </Button>
      </div>
    </form>
  );
}
