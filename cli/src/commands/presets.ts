import { PresetFile, type Preset } from '@aether/contracts/deployer';
import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { readCarried, tellToGiveAgain, writeCarried } from '../carried-file.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { printTable } from '../view/table.js';

/** `presets` and `preset show|save|rename|export|import|remove`. */
export function addPresets(program: Command): void {
  addCommand(program, {
    usage: 'presets',
    summary: 'list saved settings to deploy from',
    examples: ['npx aether presets'],
    input: z.object({}),
    async run({ config, terminal }) {
      const presets = await listAll(new Api(await requireTarget(config)), 'GET /api/v1/presets', {});
      terminal.answer({ presets }, () => print(terminal, presets));
    },
  });
  const group = program.command('preset').description('save, show and carry settings to deploy from');
  addCommand(group, {
    usage: 'show <name>',
    summary: 'show one preset',
    examples: ['npx aether preset show coders'],
    input: z.object({ name: Slug }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const preset = await api.call('GET /api/v1/presets/{id}', { id: input.name });
      terminal.answer({ preset }, () => print(terminal, [preset]));
    },
  });
  addCommand(group, {
    usage: 'save <name>',
    summary: "save an agent's settings under a name",
    flags: [['--from <agent>', 'the agent whose settings are saved']],
    examples: ['npx aether preset save coders --from first'],
    input: z.object({ name: Slug, from: Slug }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const saved = { name: input.name, deployment: input.from };
      const preset = await api.call('POST /api/v1/presets', saved);
      terminal.answer({ preset }, () => {
        terminal.line(`Saved. Deploy from it with: npx aether deploy --preset ${preset.name} --name <name>`);
      });
    },
  });
  addCommand(group, {
    usage: 'rename <name> <to>',
    summary: 'give a preset another name',
    examples: ['npx aether preset rename coders builders'],
    input: z.object({ name: Slug, to: Slug }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const renamed = { id: input.name, name: input.to };
      const preset = await api.call('PATCH /api/v1/presets/{id}', renamed);
      terminal.answer({ preset }, () => print(terminal, [preset]));
    },
  });
  addCommand(group, {
    usage: 'export <name>',
    summary: 'write a preset to a file, without secrets',
    flags: [['--file <path>', 'a new file (default: standard output)']],
    examples: ['npx aether preset export coders --file coders.json'],
    input: z.object({ name: Slug, file: z.string().min(1).optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const carried = await api.call('GET /api/v1/presets/{id}/export', { id: input.name });
      await writeCarried(terminal, carried, input.file);
    },
  });
  addCommand(group, {
    usage: 'import <path>',
    summary: 'add a preset from a file, with its template where the file has it',
    examples: ['npx aether preset import coders.json'],
    input: z.object({ path: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const file = await readCarried(input.path, PresetFile);
      const api = new Api(await requireTarget(config));
      const preset = await api.call('POST /api/v1/preset-imports', { file });
      terminal.answer({ preset, toGiveAgain: file.toGiveAgain }, () => {
        print(terminal, [preset]);
        tellToGiveAgain(terminal, file);
      });
    },
  });
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'remove a preset; agents deployed from it stay',
    examples: ['npx aether preset remove coders'],
    input: z.object({ name: Slug }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      await api.call('DELETE /api/v1/presets/{id}', { id: input.name });
      terminal.answer({ removed: input.name }, () => terminal.line(`The preset ${input.name} is removed.`));
    },
  });
}

function print(terminal: Terminal, presets: readonly Preset[]): void {
  printTable(
    terminal,
    ['PRESET', 'TEMPLATE', 'RUNTIME', 'MODEL', 'SETTINGS'],
    presets.map(({ name, template, runtime, model, settings }) => [
      name,
      template,
      runtime,
      model ?? 'the default one',
      Object.entries(settings)
        .map(([setting, value]) => `${setting} ${String(value)}`)
        .join(', ') || '–',
    ]),
  );
}
