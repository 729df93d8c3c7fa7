import { Slug, Visibility } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';

export function addShare(program: Command): void {
  addCommand(program, {
    usage: 'share <name> <who>',
    summary: 'say who sees an agent: `open` to all, or `private` to its person',
    examples: ['npx aether share first private'],
    input: z.object({ name: Slug, who: Visibility }),
    async run({ config, terminal, input: { name: id, who: visibility } }) {
      const api = new Api(await requireTarget(config));
      const deployment = await api.call('PATCH /api/v1/deployments/{id}', { id, visibility });
      terminal.answer({ deployment }, () => terminal.line(`${deployment.name} is ${visibility} now.`));
    },
  });
}
