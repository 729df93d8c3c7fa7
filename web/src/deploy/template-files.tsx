'use client';
import type { Preset } from '@aether/contracts/presets';
import type { PresetFile, Template, TemplateFile } from '@aether/contracts/templates';
import { useMutation } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { call } from '@/api/call';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { download } from '@/ui/download';
import { Fault } from '@/ui/feedback';

type AnyFile = TemplateFile | PresetFile;

/** Saves a template or preset as a file, and tells which secrets are not in it. */
export function useExport() {
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const saved = (name: string) => (file: AnyFile) => {
    download(`${name}.json`, `${JSON.stringify(file, null, 2)}\n`, 'application/json');
    setLeftOut(file.toGiveAgain);
  };
  const template = useMutation({
    mutationFn: ({ id }: Template) =>
      call('GET /api/v1/templates/{id}/export', { id }).then(saved(`${id}.template`)),
  });
  const preset = useMutation({
    mutationFn: ({ id, name }: Preset) =>
      call('GET /api/v1/presets/{id}/export', { id }).then(saved(`${name}.preset`)),
  });
  return {
    template: template.mutate,
    preset: preset.mutate,
    leftOut,
    error: template.error ?? preset.error,
    close: () => {
      setLeftOut([]);
      template.reset();
      preset.reset();
    },
  };
}

/** What a file does not carry, or why there is none. Open while there is something to say. */
export function LeftOut({
  title,
  lead,
  items,
  error = null,
  onClose,
}: {
  readonly title: string;
  readonly lead: string;
  readonly items: readonly string[];
  readonly error?: Error | null;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      open={items.length > 0 || error !== null}
      onClose={onClose}
      title={error ? 'There is no file' : title}
    >
      <Fault error={error} />
      {!error && (
        <div className="space-y-3">
          <p className="text-dim">{lead}</p>
          <ul className="list-disc space-y-1 pl-5">
            {items.map((item) => (
              <li key={item} className="break-words">
                {item}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}

/** Larger than any file that is allowed to be imported. */
const FILE_BYTES_MAX = 1_000_000;

async function readFile(file: File): Promise<AnyFile> {
  if (file.size > FILE_BYTES_MAX) throw new Error('The file is larger than any template or preset.');
  const content: unknown = JSON.parse(await file.text());
  const format = typeof content === 'object' && content !== null && 'format' in content && content.format;
  if (format !== 'aether.template' && format !== 'aether.preset')
    throw new Error('The file is neither a template nor a preset that Aether exported.');
  return content as AnyFile;
}

/** Adds a template or a preset from a file; which of them the file says itself. */
export function ImportFile() {
  const input = useRef<HTMLInputElement>(null);
  const [toGive, setToGive] = useState<readonly string[]>([]);
  const refresh = ['GET /api/v1/templates', 'GET /api/v1/presets'] as const;
  const template = useChange('POST /api/v1/template-imports', { refresh });
  const preset = useChange('POST /api/v1/preset-imports', { refresh });
  const add = useMutation({
    mutationFn: async (chosen: File) => {
      const file = await readFile(chosen);
      await (file.format === 'aether.preset' ? preset.mutateAsync({ file }) : template.mutateAsync({ file }));
      setToGive(file.toGiveAgain);
    },
  });
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        aria-label="File of a template or preset"
        className="hidden"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) add.mutate(file);
          // The same file can be chosen again once it is mended.
          target.value = '';
        }}
      />
      <Button size="small" busy={add.isPending} onClick={() => input.current?.click()}>
        <Upload aria-hidden /> Import a file
      </Button>
      <Dialog open={add.error !== null} onClose={() => add.reset()} title="The file was not imported">
        <Fault error={add.error} />
      </Dialog>
      <LeftOut
        title="Imported, with something left to give"
        lead="The file came without these secrets. Agents deployed from it lack them until you give them again:"
        items={toGive}
        onClose={() => setToGive([])}
      />
    </>
  );
}
