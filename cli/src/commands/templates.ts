import { TemplateFile } from '@aether/contracts/deployer';
import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { readCarried, tellToGiveAgain, writeCarried } from '../carried-file.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/** `templates` and `template export|import|remove`. */
export function addTemplates(program: Command): void {
  addCommand(program, {
    usage: 'templates',
    summary: 'list what agents can be deployed from',
    examples: ['npx aether templates'],
    input: z.object({}),
    async run({ config, terminal }) {
      const { items } = await new Api(await requireTarget(config)).call('GET /api/v1/templates', {});
      terminal.answer({ templates: items }, () =>
        printTable(
          terminal,
          ['TEMPLATE', 'NAME', 'CAPABILITIES', 'MODEL', 'FROM'],
          items.map((template) => [
            template.id,
            plainText(template.name),
            template.capabilities.join(', '),
            plainText(template.models.join(', then ') || 'the default one'),
            template.imported ? 'a file' : 'Aether',
          ]),
        ),
      );
    },
  });
  const group = program.command('template').description('carry templates between installations');
  addCommand(group, {
    usage: 'export <id>',
    summary: 'write a template to a file, without secrets',
    flags: [['--file <path>', 'a new file (default: standard output)']],
    examples: ['npx aether template export coding --file coding.json'],
    input: z.object({ id: Slug, file: z.string().min(1).optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const carried = await api.call('GET /api/v1/templates/{id}/export', { id: input.id });
      await writeCarried(terminal, carried, input.file);
    },
  });
  addCommand(group, {
    usage: 'import <path>',
    summary: 'add a template from a file',
    examples: ['npx aether template import coding.json'],
    input: z.object({ path: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const file = await readCarried(input.path, TemplateFile);
      const api = new Api(await requireTarget(config));
      const template = await api.call('POST /api/v1/template-imports', { file });
      terminal.answer({ template, toGiveAgain: file.toGiveAgain }, () => {
        terminal.line(`The template ${template.id} can be deployed.`);
        tellToGiveAgain(terminal, file);
      });
    },
  });
  addCommand(group, {
    usage: 'remove <id>',
    summary: 'remove an imported template that nothing uses',
    examples: ['npx aether template remove brief'],
    input: z.object({ id: Slug }),
    async run({ config, terminal, input }) {
      await new Api(await requireTarget(config)).call('DELETE /api/v1/templates/{id}', input);
      terminal.answer({ removed: input.id }, () => terminal.line(`The template ${input.id} is removed.`));
    },
  });
}
