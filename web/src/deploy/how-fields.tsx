'use client';
import type { Runtime } from '@aether/contracts/deployment';
import { useRead } from '@/api/queries';
import { issueOf } from '@/ui/feedback';
import { SelectField } from '@/ui/field';
import { isContainer, runtimeChoices, runtimeHindrance } from './runtimes';
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
  const given = isContainer(runtime) ? settingsOf(settings) : undefined;
  return { runtime, ...(model && { model }), ...(given && { settings: given }) };
}

export function HowFields({
  value,
  onChange,
  error,
  usual = [],
}: {
  readonly value: How;
  readonly onChange: (how: How) => void;
  readonly error: Error | null;
  /** The models of the template, best first. */
  readonly usual?: readonly string[];
}) {
  const models = useRead('GET /api/v1/models', {}).data;
  const own = usual.find((name) => models?.models.some(({ id }) => id === name));
  const machine = useRead('GET /api/v1/machine', {}).data?.items;
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
            {own
              ? `The template's (${own})`
              : models
                ? `Whatever is the default (${models.answering} now)`
                : 'The default one'}
          </option>
          {models?.models
            .filter(({ id }) => own !== undefined || id !== models.defaultModel)
            .map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
        </SelectField>
        <SelectField
          label="Where to run"
          value={value.runtime}
          onChange={(event) => onChange({ ...value, runtime: event.target.value as Runtime })}
          hint={runtimeHindrance(value.runtime, machine)}
        >
          {runtimeChoices(value.runtime, machine).map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </SelectField>
      </div>
      {isContainer(value.runtime) && (
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
