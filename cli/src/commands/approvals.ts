import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/** `approvals`, `allow` and `deny`: commands that guarded agents ask to run. */
export function addApprovals(program: Command): void {
  addCommand(program, {
    usage: 'approvals',
    summary: 'commands that agents ask to run and that wait for a person',
    examples: ['npx aether approvals'],
    input: z.object({}),
    async run({ config, terminal }) {
      const api = new Api(await requireTarget(config));
      const { items } = await api.call('GET /api/v1/approvals', { state: 'pending', limit: 100 });
      terminal.answer({ approvals: items }, () => {
        if (items.length === 0) terminal.line('No agent waits for leave to run a command.');
        else
          printTable(
            terminal,
            ['APPROVAL', 'COMMAND', 'UNTIL'],
            items.map(({ id, command, expiresAt }) => [id, plainText(command), expiresAt]),
          );
      });
    },
  });
  for (const [decision, summary] of [
    ['allow', 'let an agent run the command it asks for, once'],
    ['deny', 'keep an agent from running the command it asks for'],
  ] as const)
    addCommand(program, {
      usage: `${decision} <approval>`,
      summary,
      examples: [`npx aether ${decision} 0197…`],
      input: z.object({ approval: z.string() }),
      async run({ config, terminal, input }) {
        const api = new Api(await requireTarget(config));
        const approval = await api.call('POST /api/v1/approvals/{id}', { id: input.approval, decision });
        terminal.answer({ approval }, () =>
          terminal.line(`\`${plainText(approval.command)}\` is ${approval.state}.`),
        );
      },
    });
}
