import type { PoolAgent } from '@aether/contracts/execution';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/** `pool` and `pool-set`. */
export function addPool(program: Command): void {
  addCommand(program, {
    usage: 'pool',
    summary: 'agents that missions may use, with capabilities, load and record',
    examples: ['npx aether pool'],
    input: z.object({}),
    async run({ config, terminal }) {
      const { items } = await new Api(await requireTarget(config)).call('GET /api/v1/pool', {});
      terminal.answer({ agents: items }, () => print(terminal, items));
    },
  });
  addCommand(program, {
    usage: 'pool-set <name>',
    summary: 'change what an agent is used for',
    flags: [
      ['--capabilities <names>', 'with commas between them; "" for those of its deployment again'],
      ['--concurrency <count>', 'tasks at the same time'],
      [
        '--workplace <kind>',
        'worktree, copy (containers) or clone (other machines); "" as its deployment says',
      ],
      ['--enable', 'may be given tasks'],
      ['--disable', 'is given no more tasks'],
    ],
    examples: ['npx aether pool-set first --capabilities coding,review --concurrency 2'],
    input: z.object({
      name: z.string().trim().min(1),
      capabilities: z.string().optional(),
      workplace: z.enum(['worktree', 'copy', 'clone', '']).optional(),
      concurrency: z.coerce.number().int().min(1).optional(),
      enable: z.boolean().default(false),
      disable: z.boolean().default(false),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { items } = await api.call('GET /api/v1/pool', {});
      const found = items.find(({ name, id }) => name === input.name || id === input.name);
      if (!found)
        throw new CommandError({
          code: 'pool_agent_not_found',
          detail: `There is no agent "${input.name}" in the pool.`,
          hint: 'List them with `npx aether pool`.',
        });
      const names = input.capabilities
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      const agent = await api.call('PATCH /api/v1/pool/{id}', {
        id: found.id,
        ...(names && { capabilities: names.length > 0 ? names : null }),
        ...(input.workplace !== undefined && { workplace: input.workplace || null }),
        ...(input.concurrency !== undefined && { concurrency: input.concurrency }),
        ...((input.enable || input.disable) && { enabled: input.enable }),
      });
      terminal.answer({ agent }, () => print(terminal, [agent]));
    },
  });
}

function print(terminal: Terminal, agents: readonly PoolAgent[]): void {
  const { colours } = terminal;
  if (agents.length === 0) {
    terminal.line('No agent is in the pool yet: every agent that is deployed joins it.');
    return terminal.line(`  ${colours.bold('npx aether deploy --template general --name first --wait')}`);
  }
  printTable(
    terminal,
    ['AGENT', 'STATE', 'CAPABILITIES', 'LOAD', 'ACCEPTED', 'FAILED', 'COST'],
    agents.map((agent) => [
      plainText(agent.name),
      stateOf(agent, colours),
      agent.capabilities.join(', ') || '–',
      `${agent.load}/${agent.concurrency}`,
      String(agent.accepted),
      String(agent.failed),
      `$${agent.costUsd.toFixed(2)}`,
    ]),
  );
}

function stateOf({ enabled, online }: PoolAgent, colours: Terminal['colours']): string {
  if (!enabled) return colours.dim('○ disabled');
  return online ? colours.green('● online') : colours.yellow('▲ offline');
}
