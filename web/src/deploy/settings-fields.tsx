'use client';
import { issueOf } from '@/ui/feedback';
import { CheckField, TextField } from '@/ui/field';
import type { SettingsText } from './settings-form';

/** How a container is made. */
export function SettingsFields({
  value,
  onChange,
  error,
}: {
  readonly value: SettingsText;
  readonly onChange: (value: SettingsText) => void;
  readonly error: Error | null;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <TextField
          label="Image"
          optional
          spellCheck={false}
          className="font-mono"
          value={value.image}
          onChange={(event) => onChange({ ...value, image: event.target.value })}
          hint="Its command runs an OpenClaw gateway. Left empty, the one this Aether was set up with."
          fault={issueOf(error, 'settings.image')}
        />
      </div>
      <TextField
        label="Memory limit, MB"
        optional
        type="number"
        min={256}
        max={1_048_576}
        value={value.memoryMb}
        onChange={(event) => onChange({ ...value, memoryMb: event.target.value })}
        fault={issueOf(error, 'settings.memoryMb')}
      />
      <TextField
        label="Processors"
        optional
        type="number"
        min={0.1}
        max={512}
        step={0.1}
        value={value.cpus}
        onChange={(event) => onChange({ ...value, cpus: event.target.value })}
        fault={issueOf(error, 'settings.cpus')}
      />
      <div className="sm:col-span-2">
        <CheckField
          label="In a network of its own"
          hint="Containers of other agents cannot reach it."
          checked={value.isolated}
          onChange={(event) => onChange({ ...value, isolated: event.target.checked })}
        />
      </div>
    </div>
  );
}
