'use client';
import type { Preset } from '@aether/contracts/presets';
import type { Template } from '@aether/contracts/templates';
import { Bookmark, Bot, Code, LifeBuoy, Search, Sparkles, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '@/api/session';
import { Tag } from '@/ui/state';
import { megabytes } from '@/ui/words';
import { ChoiceCard } from './choice-card';
import { presetKey, templateKey } from './choice';
import { runtimeWords } from './runtimes';
import { RemovalDialogs, useRemovals } from './removals';
import { ImportFile, LeftOut, useExport } from './template-files';
import { RenamePreset } from './template-acts';

const icons: Readonly<Record<string, LucideIcon>> = {
  coding: Code,
  general: Sparkles,
  research: Search,
  support: LifeBuoy,
};

/** Kinds of agents to choose from, settings kept before among them; each can be carried elsewhere as a file. */
export function TemplateGallery({
  templates,
  presets,
  value,
  onChange,
}: {
  readonly templates: readonly Template[];
  readonly presets: readonly Preset[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const canWrite = useMay()('templates:write');
  const [renamed, setRenamed] = useState<Preset | null>(null);
  const exporting = useExport();
  const removals = useRemovals();
  return (
    <div className="space-y-6">
      {presets.length > 0 && (
        <fieldset>
          <legend className="mb-3 text-13 font-medium">Like one you had before</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            {presets.map((preset) => (
              <ChoiceCard
                key={preset.id}
                value={presetKey(preset)}
                isChosen={presetKey(preset) === value}
                onChoose={onChange}
                Icon={Bookmark}
                title={preset.name}
                acts={[
                  { label: 'Export as a file', act: () => exporting.preset(preset) },
                  ...(canWrite
                    ? [
                        { label: 'Rename', act: () => setRenamed(preset) },
                        { label: 'Remove', act: () => removals.preset(preset), danger: true },
                      ]
                    : []),
                ]}
              >
                <span className="flex flex-wrap gap-1">
                  <Tag>{preset.template}</Tag>
                  <Tag>{preset.model ?? 'default model'}</Tag>
                  <Tag>{runtimeWords[preset.runtime]}</Tag>
                </span>
              </ChoiceCard>
            ))}
          </div>
        </fieldset>
      )}
      <fieldset>
        <legend className="float-left mb-3 flex h-8 items-center text-13 font-medium">
          What should it be good at?
        </legend>
        {canWrite && (
          <div className="flex justify-end">
            <ImportFile />
          </div>
        )}
        <div className="clear-both grid gap-3 sm:grid-cols-2">
          {templates.map((template) => (
            <ChoiceCard
              key={template.id}
              value={templateKey(template)}
              isChosen={templateKey(template) === value}
              onChoose={onChange}
              Icon={icons[template.id] ?? Bot}
              title={template.name}
              acts={[
                { label: 'Export as a file', act: () => exporting.template(template) },
                ...(canWrite && template.imported
                  ? [
                      {
                        label: 'Remove',
                        act: () => removals.template(template),
                        danger: true,
                      },
                    ]
                  : []),
              ]}
            >
              <span className="block text-dim">{template.summary}</span>
              <span className="flex flex-wrap gap-1">
                {template.capabilities.map((each) => (
                  <Tag key={each}>{each}</Tag>
                ))}
                {template.models[0] && <Tag>{template.models[0]}</Tag>}
                <Tag tone="info">{megabytes(template.memoryMb)}</Tag>
              </span>
            </ChoiceCard>
          ))}
        </div>
      </fieldset>
      <LeftOut
        title="Exported without its secrets"
        lead="The file has `[secret]` in their place. Who imports it gives them again:"
        items={exporting.leftOut}
        error={exporting.error}
        onClose={exporting.close}
      />
      <RemovalDialogs removals={removals} />
      {renamed && <RenamePreset preset={renamed} onClose={() => setRenamed(null)} />}
    </div>
  );
}
