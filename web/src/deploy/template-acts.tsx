'use client';
import type { Deployment } from '@aether/contracts/deployment';
import type { Preset } from '@aether/contracts/presets';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { NameField } from './name-field';

const refresh = ['GET /api/v1/presets', 'GET /api/v1/templates'] as const;

/** Keeps how a deployment is set up under a name, to deploy more like it. */
export function SavePreset({
  deployment,
  onClose,
}: {
  readonly deployment: Deployment;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(deployment.name);
  const save = useChange('POST /api/v1/presets', { refresh, onDone: onClose });
  return (
    <NameDialog
      title="Save as a preset"
      lead="Keeps template, model, runtime and limits under a name. Deploy an agent offers it from then on."
      verb="Save preset"
      name={name}
      onName={setName}
      busy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate({ name, deployment: deployment.id })}
      onClose={onClose}
    />
  );
}

export function RenamePreset({ preset, onClose }: { readonly preset: Preset; readonly onClose: () => void }) {
  const [name, setName] = useState(preset.name);
  const rename = useChange('PATCH /api/v1/presets/{id}', { refresh, onDone: onClose });
  return (
    <NameDialog
      title={`Rename ${preset.name}`}
      verb="Rename"
      name={name}
      onName={setName}
      busy={rename.isPending}
      error={rename.error}
      onSubmit={() => rename.mutate({ id: preset.id, name })}
      onClose={onClose}
    />
  );
}

function NameDialog({
  title,
  lead,
  verb,
  name,
  onName,
  busy,
  error,
  onSubmit,
  onClose,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly verb: string;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {lead && <p className="text-dim">{lead}</p>}
        <NameField value={name} onName={onName} fault={issueOf(error, 'name')} autoFocus />
        <Fault error={error} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={busy}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
