'use client';
import type { Runtime } from '@aether/contracts/deployment';
import { useRead } from '@/api/queries';
import { issueOf } from '@/ui/feedback';
import { SelectField } from '@/ui/field';
import { SettingsFields } from './settings-fields';
import { settingsOf, settingsText, type SettingsText } from './settings-form';

/** By which model and on what agents run, as it is typed; empty is what is usual here. */
export interface How {
  readonly model: string;
  readonly runtime: Runtime;
  readonly settings: SettingsText;
}

export const usualHow: How = { model: '', runtime: 'process', settings: settingsText(undefined) };

/** What was typed, as the deployer takes it. */
export function howOf({ model, runtime, settings }: How) {
  const given = runtime === 'docker' ? settingsOf(settings) : undefined;
  return { runtime, ...(model && { model }), ...(given && { settings: given }) };
}

export function HowFields({
  value,
  onChange,
  error,
}: {
  readonly value: How;
  readonly onChange: (how: How) => void;
  readonly error: Error | null;
}) {
  const models = useRead('GET /api/v1/models', {}).data;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Model"
          value={value.model}
          onChange={(event) => onChange({ ...value, model: event.target.value })}
          fault={issueOf(error, 'model')}
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
          value={value.runtime}
          onChange={(event) => onChange({ ...value, runtime: event.target.value as Runtime })}
        >
          <option value="process">Process of this machine</option>
          <option value="docker">Docker container</option>
        </SelectField>
      </div>
      {value.runtime === 'docker' && (
        <details className="mt-5">
          <summary className="cursor-pointer font-medium">Container</summary>
          <div className="mt-4">
            <SettingsFields
              value={value.settings}
              onChange={(settings) => onChange({ ...value, settings })}
              error={error}
            />
          </div>
        </details>
      )}
      {models?.demo && (
        <p className="mt-4 text-12 text-dim">
          No provider is set up: agents use the built-in demo model, which follows simple instructions and
          needs no key.
        </p>
      )}
    </>
  );
}
