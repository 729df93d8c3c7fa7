'use client';
import type { Preset } from '@aether/contracts/presets';
import type { Template } from '@aether/contracts/templates';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '@/api/call';
import { useChange } from '@/api/queries';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { offerUndo } from '@/ui/undo';

const refresh = ['GET /api/v1/presets', 'GET /api/v1/templates'] as const;

/** Removes presets and imported templates. What can come back whole is removed at once, and may be taken back. */
export function useRemovals() {
  const [asked, setAsked] = useState<Template | null>(null);
  const removePreset = useChange('DELETE /api/v1/presets/{id}', { refresh });
  const importPreset = useChange('POST /api/v1/preset-imports', { refresh });
  const removeTemplate = useChange('DELETE /api/v1/templates/{id}', { refresh });
  const importTemplate = useChange('POST /api/v1/template-imports', { refresh });
  const preset = useMutation({
    mutationFn: async ({ id, name, template, runtime, model, settings }: Preset) => {
      await removePreset.mutateAsync({ id });
      offerUndo(`Removed the preset “${name}”.`, () =>
        importPreset.mutateAsync({
          file: {
            format: 'aether.preset',
            version: 1,
            preset: { name, template, runtime, model, settings },
            template: null,
            toGiveAgain: [],
          },
        }),
      );
    },
  });
  const template = useMutation({
    mutationFn: async (chosen: Template) => {
      const { id, name } = chosen;
      const file = await call('GET /api/v1/templates/{id}/export', { id });
      // The file is not all of it.
      if (file.toGiveAgain.length > 0) return setAsked(chosen);
      await removeTemplate.mutateAsync({ id });
      offerUndo(`Removed the template “${name}”.`, () => importTemplate.mutateAsync({ file }));
    },
  });
  const forGood = useMutation({
    mutationFn: async ({ id }: Template) => {
      await removeTemplate.mutateAsync({ id });
      setAsked(null);
    },
  });
  return {
    preset: preset.mutate,
    template: template.mutate,
    error: preset.error ?? template.error,
    asked,
    forGood,
    close: () => {
      setAsked(null);
      preset.reset();
      template.reset();
      forGood.reset();
    },
  };
}

/** What a removal asks, and why there was none. */
export function RemovalDialogs({
  removals: { asked, forGood, error, close },
}: {
  readonly removals: ReturnType<typeof useRemovals>;
}) {
  return (
    <>
      {asked && (
        <Confirm
          open
          onClose={close}
          title={`Remove ${asked.name}?`}
          verb="Remove it"
          busy={forGood.isPending}
          error={forGood.error}
          onConfirm={() => forGood.mutate(asked)}
        >
          It came by a file, and can be imported again from it. It holds secrets, which a file that is
          exported here would lack.
        </Confirm>
      )}
      <Dialog open={error !== null} onClose={close} title="It was not removed">
        <Fault error={error} />
      </Dialog>
    </>
  );
}
