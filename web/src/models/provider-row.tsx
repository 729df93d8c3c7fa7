'use client';
import type { ModelProvider } from '@aether/contracts/providers';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { RowMenu } from '@/settings/row-menu';
import { Button } from '@/ui/button';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Tag } from '@/ui/state';
import { plural } from '@/ui/words';
import { kindLabel } from './kinds';
import { ProviderModels } from './provider-models';

type Asked = 'models' | 'key' | 'remove' | null;

const refresh = ['GET /api/v1/providers', 'GET /api/v1/models', 'GET /api/v1/models/default'] as const;

export function ProviderRow({
  provider,
  canWrite,
}: {
  readonly provider: ModelProvider;
  readonly canWrite: boolean;
}) {
  const { id, name, kind, baseUrl, enabled, models, source, hasKey } = provider;
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const update = useChange('PATCH /api/v1/providers/{id}', { refresh });
  const remove = useChange('DELETE /api/v1/providers/{id}', { refresh, onDone: close });
  const isOwn = source === 'api';
  return (
    <li className="border-b border-line px-4 py-3 last:border-b-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{name}</span>
            <span className="text-dim">{kindLabel(kind)}</span>
            {!enabled && <Tag tone="wait">Off</Tag>}
            {!isOwn && <Tag>of the environment</Tag>}
            {!hasKey && <Tag>no key</Tag>}
          </p>
          <p className="truncate font-mono text-12 text-dim" title={baseUrl}>
            {baseUrl}
          </p>
          <p className="text-12 text-dim" title={models.map((model) => model.id).join('\n')}>
            {plural(models.length, 'model')}:{' '}
            {models
              .slice(0, 3)
              .map((model) => model.id)
              .join(', ')}
            {models.length > 3 && ' and more'}
          </p>
        </div>
        {canWrite && isOwn && (
          <RowMenu
            label={`Acts for ${name}`}
            acts={[
              { label: 'Choose models', act: () => setAsked('models') },
              { label: 'Give a new key', act: () => setAsked('key') },
              {
                label: enabled ? 'Turn off' : 'Turn on',
                act: () => update.mutate({ id, enabled: !enabled }),
              },
              { label: 'Remove', act: () => setAsked('remove'), danger: true },
            ]}
          />
        )}
      </div>
      <Fault error={asked === null ? update.error : null} className="mt-2" />
      {asked === 'models' && <ProviderModels provider={provider} onClose={close} />}
      {asked === 'key' && <NewProviderKey id={id} name={name} onClose={close} />}
      <Confirm
        open={asked === 'remove'}
        onClose={close}
        title={`Remove ${name}?`}
        verb="Remove provider"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ id })}
      >
        Its key is destroyed, and agents that ask for its models are refused until they are given another.
      </Confirm>
    </li>
  );
}

function NewProviderKey({
  id,
  name,
  onClose,
}: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const [key, setKey] = useState('');
  const update = useChange('PATCH /api/v1/providers/{id}', { refresh, onDone: onClose });
  return (
    <Dialog open onClose={onClose} title={`A new key for ${name}`}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ id, key });
        }}
      >
        <TextField
          label="Key"
          type="password"
          autoComplete="off"
          required
          autoFocus
          value={key}
          onChange={(event) => setKey(event.target.value)}
          hint="It is tried first; the old one is used until it answers."
        />
        <Fault error={update.error} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={update.isPending}>
            Try and save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
